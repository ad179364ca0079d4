/** Fashion-MNIST as a dataset source: finds and checks its four files and reads them. */
import type { DatasetSource, DownloadProgress, Samples } from '../dataset';
import { createFileFinder, type FilePlaces } from '../files/file-finder';
import { readIdxSplit } from '../idx/idx-split';
import { createPinnedSource } from '../pinned-source';
import {
  FASHION_MNIST_ADDRESSES,
  FASHION_MNIST_CLASSES,
  FASHION_MNIST_SHAPE,
  FASHION_MNIST_SPLITS,
  type FashionMnistSplit,
} from './fashion-mnist-files';

export const FASHION_MNIST = 'fashion-mnist';

/** `baseUrls` left out: the authors' addresses. */
export type FashionMnistOptions = Omit<FilePlaces, 'baseUrls'> & {
  baseUrls?: readonly string[] | undefined;
};

/**
 * Splits `train` (60,000) and `test` (10,000) of 28×28 grey images in 10 classes. `describe` sees to it that
 * all four files are there; `loadSplit` needs only the two of its split. Both throw UserError
 * DATASET_CHECKSUM and OperationalError DATASET_UNAVAILABLE (see file-finder.ts).
 */
export function createFashionMnist(options: FashionMnistOptions): DatasetSource {
  const files = FASHION_MNIST_SPLITS.flatMap(({ images, labels }) => [images, labels]);
  const places = { ...options, baseUrls: options.baseUrls ?? FASHION_MNIST_ADDRESSES };
  const finder = createFileFinder('Fashion-MNIST', files, places);

  async function loadSamples(name: string, onProgress?: DownloadProgress): Promise<Samples> {
    const split = splitNamed(name);
    const { height, width } = FASHION_MNIST_SHAPE;
    return readIdxSplit({
      images: { name: split.images.name, bytes: await finder.read(split.images, onProgress) },
      labels: { name: split.labels.name, bytes: await finder.read(split.labels, onProgress) },
      imageShape: FASHION_MNIST_SHAPE,
      classCount: FASHION_MNIST_CLASSES.length,
      maxDataBytes: split.sampleCount * height * width,
    });
  }

  return createPinnedSource({
    name: FASHION_MNIST,
    classNames: FASHION_MNIST_CLASSES,
    imageShape: FASHION_MNIST_SHAPE,
    splits: FASHION_MNIST_SPLITS.map(({ name, sampleCount, digest }) => ({
      name,
      sampleCount,
      digest,
    })),
    async prepare(onProgress) {
      for (const file of files) await finder.ensure(file, onProgress);
    },
    loadSamples,
  });
}

function splitNamed(name: string): FashionMnistSplit {
  const split = FASHION_MNIST_SPLITS.find((candidate) => candidate.name === name);
  if (split === undefined) throw new Error(`no split ${name}: the pinned source lets none through`);
  return split;
}
