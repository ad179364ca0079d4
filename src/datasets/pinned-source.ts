/** What sources with known content share: their splits are loaded once, kept, and held against their digests. */
import { OperationalError, UserError } from '../errors';
import type {
  DatasetInfo,
  DatasetSource,
  DownloadProgress,
  ImageShape,
  Samples,
  Split,
  SplitInfo,
} from './dataset';
import { datasetDigest, splitDigest } from './digest';
import { createPromiseCache } from './promise-cache';

export interface PinnedSourceOptions {
  name: string;
  /** Ordered: the position is the class index. */
  classNames: readonly string[];
  imageShape: ImageShape;
  /** The splits with the digests that their samples must have. */
  splits: readonly SplitInfo[];
  /** Sees to it that every split can be loaded. */
  prepare?: (onProgress?: DownloadProgress) => Promise<void>;
  loadSamples: (split: string, onProgress?: DownloadProgress) => Promise<Samples>;
}

/**
 * The digests are known beforehand, so `describe` reads no samples. A loaded split's digest is computed from
 * the very bytes that are handed out: a result can't name other data than was evaluated.
 */
export function createPinnedSource(options: PinnedSourceOptions): DatasetSource {
  const { name, classNames, imageShape, splits } = options;
  const info: DatasetInfo = { name, digest: datasetDigest(splits), classNames, imageShape, splits };
  const kept = createPromiseCache<Split>();

  async function load(pinned: SplitInfo, onProgress?: DownloadProgress): Promise<Split> {
    const samples = await options.loadSamples(pinned.name, onProgress);
    const sampleCount = samples.labels.length;
    const content = { name: pinned.name, classNames, imageShape, sampleCount, ...samples };
    const digest = await splitDigest(content);
    if (digest !== pinned.digest) {
      throw new OperationalError(
        'DATASET_DIGEST_MISMATCH',
        `The split ${pinned.name} of ${name} has the digest ${digest} instead of ${pinned.digest}: ` +
          'these are not the samples that results are known for. Fetch the data again; if that does not ' +
          'help, this machine computes something else than others do, so please report it.',
        { details: { dataset: name, split: pinned.name, digest, expected: pinned.digest } },
      );
    }
    return {
      name: pinned.name,
      sampleCount,
      digest,
      classCount: classNames.length,
      imageShape,
      ...samples,
    };
  }

  return {
    name,
    async describe(onProgress) {
      await options.prepare?.(onProgress);
      return info;
    },
    async loadSplit(split, onProgress) {
      const pinned = splits.find((candidate) => candidate.name === split);
      if (pinned === undefined) {
        const known = splits.map((candidate) => candidate.name);
        throw new UserError(
          'DATASET_SPLIT_UNKNOWN',
          `${name} has no split ${JSON.stringify(split)}. Its splits: ${known.join(', ')}.`,
          { details: { dataset: name, split, known } },
        );
      }
      return kept(split, () => load(pinned, onProgress));
    },
  };
}
