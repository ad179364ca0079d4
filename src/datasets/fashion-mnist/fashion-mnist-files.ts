/** What Fashion-MNIST is: its classes, its published files, and the digests of its splits. */
import type { ImageShape } from '../dataset';
import type { PublishedFile } from '../files/published-file';

export const FASHION_MNIST_CLASSES: readonly string[] = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];

export const FASHION_MNIST_SHAPE: ImageShape = { height: 28, width: 28, channels: 1 };

/** The authors' own addresses, see https://github.com/zalandoresearch/fashion-mnist#get-the-data */
export const FASHION_MNIST_ADDRESSES: readonly string[] = [
  'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
  'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/',
];

export interface FashionMnistSplit {
  name: string;
  sampleCount: number;
  /** See digest.ts for what it is computed over. */
  digest: string;
  images: PublishedFile;
  labels: PublishedFile;
}

/** The MD5 sums are the authors', from the table behind the same link. */
export const FASHION_MNIST_SPLITS: readonly FashionMnistSplit[] = [
  {
    name: 'train',
    sampleCount: 60_000,
    digest: 'cefed51d510e75f1991e939c61c8d92ed01a35b025de027720e89b6499cd8481',
    images: {
      name: 'train-images-idx3-ubyte.gz',
      sizeBytes: 26_421_880,
      md5: '8d4fb7e6c68d591d4c3dfef9ec88bf0d',
    },
    labels: {
      name: 'train-labels-idx1-ubyte.gz',
      sizeBytes: 29_515,
      md5: '25c81989df183df01b3e8a0aad5dffbe',
    },
  },
  {
    name: 'test',
    sampleCount: 10_000,
    digest: '6261403a4f51d28c74e074df234837095ffdfd32f71c6a07d01482754df13a0c',
    images: {
      name: 't10k-images-idx3-ubyte.gz',
      sizeBytes: 4_422_102,
      md5: 'bef4ecab320f06d8554ea6380940ec79',
    },
    labels: {
      name: 't10k-labels-idx1-ubyte.gz',
      sizeBytes: 5_148,
      md5: 'bb300cfdad3c16e7a12a480ee83cd310',
    },
  },
];
