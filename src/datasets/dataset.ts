/** The port of datasets: what every source of images and labels gives, and in which memory layout. */

export interface ImageShape {
  height: number;
  width: number;
  channels: number;
}

export interface SplitInfo {
  name: string;
  sampleCount: number;
  /**
   * SHA-256 (hex) over the split's shape, class list, images and labels; of a corrupted split as
   * `corruptedDigest` says.
   */
  digest: string;
}

export interface DatasetInfo {
  name: string;
  /** SHA-256 (hex) over the splits' digests: the dataset's version. */
  digest: string;
  /** Ordered: the position is the class index. */
  classNames: readonly string[];
  imageShape: ImageShape;
  splits: readonly SplitInfo[];
}

/** Both arrays lie in shared memory, so that a worker thread reads them without a copy. */
export interface Samples {
  /** sampleCount × height × width × channels bytes, row by row, channels last. */
  images: Uint8Array<SharedArrayBuffer>;
  /** sampleCount class indices, each below classCount. */
  labels: Uint16Array<SharedArrayBuffer>;
  /** What else is known of each sample; no part of the digest. */
  tags?: readonly TagColumn[];
}

/** Puts each sample under one of a few values, such as the "large" ones of a column "size". */
export interface TagColumn {
  name: string;
  values: readonly string[];
  /** sampleCount positions in `values`. */
  codes: Uint16Array<SharedArrayBuffer>;
}

/** One split in memory. It is kept and shared: whoever reads it must not write to it. */
export interface Split extends SplitInfo, Samples {
  classCount: number;
  imageShape: ImageShape;
}

/**
 * Told while files are fetched; `totalBytes` is undefined where the sender does not say. Of several callers
 * who wait for the same file only the first is told.
 */
export type DownloadProgress = (event: {
  file: string;
  receivedBytes: number;
  totalBytes: number | undefined;
}) => void;

export interface DatasetSource {
  readonly name: string;
  /** Fetches what is missing, checks it, and says what is there. */
  describe(onProgress?: DownloadProgress): Promise<DatasetInfo>;
  /** @throws UserError DATASET_SPLIT_UNKNOWN where there is no such split */
  loadSplit(split: string, onProgress?: DownloadProgress): Promise<Split>;
}
