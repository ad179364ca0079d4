/** Finds the image of one sample by the dataset's digest, the split's name and the sample's index. */
import { UserError } from '../../errors';
import type { DatasetService } from '../dataset.service';
import { encodePng } from './png';

export interface ImageAddress {
  /** Of the dataset. */
  digest: string;
  split: string;
  index: number;
}

export interface DatasetImage {
  /** The same for the same pixels at the same place. */
  tag: string;
  png(): Promise<Uint8Array>;
}

export class DatasetImages {
  constructor(private readonly datasets: DatasetService) {}

  /**
   * @throws UserError DATASET_NOT_FOUND, DATASET_SPLIT_UNKNOWN, IMAGE_NOT_FOUND; what `DatasetService.load`
   *   throws; `png` throws IMAGE_UNSUPPORTED
   */
  async find({ digest, split: splitName, index }: ImageAddress): Promise<DatasetImage> {
    const dataset = await this.datasets.byDigest(digest);
    const split = await this.datasets.loadLabels(dataset, splitName);
    if (!Number.isSafeInteger(index) || index < 0 || index >= split.sampleCount) {
      throw new UserError(
        'IMAGE_NOT_FOUND',
        `the split ${split.name} of ${dataset.name} has the images 0 to ${split.sampleCount - 1}`,
        { details: { sampleCount: split.sampleCount } },
      );
    }
    return {
      tag: `${split.digest}-${index}`,
      png: async () =>
        encodePng(await this.datasets.loadImage(dataset, splitName, index), split.imageShape),
    };
  }
}
