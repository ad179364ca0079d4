/** Keeps the database's list of datasets in step with what the sources really hold. */
import { randomUUID } from 'node:crypto';
import type { DataSource, Repository } from 'typeorm';
import { UserError } from '../errors';
import { corruptImage } from './corruptions/corrupt-split';
import { CorruptedSplits } from './corruptions/corrupted-splits';
import { corruptedDigest, parseCorruptedName } from './corruptions/corruption-name';
import type { DatasetInfo, DownloadProgress, Split } from './dataset';
import { Dataset, type DatasetSplit } from './dataset.entity';
import type { DatasetRegistry } from './dataset-registry';

/** Gets a registered split from elsewhere than this machine's own sources. */
export interface SplitLoader {
  /** @returns the samples of the split's digest, checked */
  load(dataset: Dataset, split: DatasetSplit): Promise<Split>;
}
export type LabelledSplit = Omit<Split, 'images' | 'tags'>;

export class DatasetService {
  private readonly repository: Repository<Dataset>;
  private readonly corrupted = new CorruptedSplits();

  /** @param remote where given, splits are loaded from there alone */
  constructor(
    dataSource: DataSource,
    private readonly registry: DatasetRegistry,
    private readonly remote?: SplitLoader,
  ) {
    this.repository = dataSource.getRepository(Dataset);
  }

  /**
   * Makes sure that the dataset's present version is in the database.
   *
   * @throws UserError DATASET_UNKNOWN, OperationalError DATASET_UNAVAILABLE as the source says
   */
  async register(name: string, onProgress?: DownloadProgress): Promise<Dataset> {
    const info = await this.registry.get(name).describe(onProgress);
    await this.repository.createQueryBuilder().insert().values(rowOf(info)).orIgnore().execute();
    return this.repository.findOneByOrFail({ name: info.name, digest: info.digest });
  }

  /** @throws UserError DATASET_NOT_FOUND */
  async get(id: string): Promise<Dataset> {
    const dataset = await this.repository.findOneBy({ id });
    if (dataset) return dataset;
    throw new UserError(
      'DATASET_NOT_FOUND',
      `there is no dataset ${id}; the query "datasets" lists them`,
    );
  }

  /**
   * Of several names for the same data, the newest.
   *
   * @throws UserError DATASET_NOT_FOUND
   */
  async byDigest(digest: string): Promise<Dataset> {
    const dataset = await this.repository.findOne({
      where: { digest },
      order: { createdAt: 'DESC', id: 'DESC' },
    });
    if (dataset) return dataset;
    throw new UserError(
      'DATASET_NOT_FOUND',
      'there is no dataset of this digest; the query "datasets" lists them',
    );
  }

  list(first: number, offset: number): Promise<Dataset[]> {
    return this.repository.find({
      order: { createdAt: 'DESC', id: 'DESC' },
      take: first,
      skip: offset,
    });
  }

  /** A dataset in which there is a split of this content. */
  async bySplitDigest(digest: string): Promise<{ dataset: Dataset; split: string } | undefined> {
    const dataset = await this.repository
      .createQueryBuilder('dataset')
      .where('dataset.splits @> :splits::jsonb', { splits: JSON.stringify([{ digest }]) })
      .orderBy('dataset.createdAt', 'DESC')
      .limit(1)
      .getOne();
    const split = dataset?.splits.find((one) => one.digest === digest);
    return dataset && split ? { dataset, split: split.name } : undefined;
  }

  /**
   * The split's images and labels, held against the digest under which the dataset was registered; of a
   * corrupted split's name, the split that it is made of, corrupted.
   *
   * @throws UserError DATASET_CHANGED where the source now holds other data; what `splitOf` throws
   */
  async load(dataset: Dataset, splitName: string): Promise<Split> {
    const recipe = parseCorruptedName(splitName);
    if (!recipe) return this.loadRegistered(dataset, splitName);
    return this.corrupted.get(await this.loadRegistered(dataset, recipe.base), recipe);
  }

  /** All of `load` but the images, and without making those of a corrupted split. */
  async loadLabels(dataset: Dataset, splitName: string): Promise<LabelledSplit> {
    const recipe = parseCorruptedName(splitName);
    const split = await this.loadRegistered(dataset, recipe?.base ?? splitName);
    const { labels, classCount, imageShape } = split;
    const { name, sampleCount, digest } = splitOf(dataset, splitName);
    return { name, sampleCount, digest, labels, classCount, imageShape };
  }

  /**
   * One image of the split, without making the others of a corrupted one.
   *
   * @param index below the split's number of samples
   */
  async loadImage(dataset: Dataset, splitName: string, index: number): Promise<Uint8Array> {
    const recipe = parseCorruptedName(splitName);
    const { images, imageShape } = await this.loadRegistered(dataset, recipe?.base ?? splitName);
    const bytes = imageShape.height * imageShape.width * imageShape.channels;
    const image = images.subarray(index * bytes, (index + 1) * bytes);
    if (!recipe) return image;
    const corrupted = new Uint8Array(bytes);
    corruptImage(recipe, image, corrupted, imageShape, index);
    return corrupted;
  }

  private async loadRegistered(dataset: Dataset, splitName: string): Promise<Split> {
    const registered = splitOf(dataset, splitName);
    if (this.remote) return this.remote.load(dataset, registered);
    const split = await this.registry.get(dataset.name).loadSplit(splitName);
    if (split.digest === registered.digest) return split;
    throw new UserError(
      'DATASET_CHANGED',
      `the split ${splitName} of ${dataset.name} is not the registered version any more (now ${split.digest.slice(0, 12)}, then ${registered.digest.slice(0, 12)}); use the newest version of the dataset`,
    );
  }
}

/**
 * A corrupted split is none of the dataset's list, and is found by its name.
 *
 * @throws UserError DATASET_SPLIT_UNKNOWN naming the splits there are, CORRUPTION_UNKNOWN
 */
export function splitOf(dataset: Dataset, name: string): DatasetSplit {
  const recipe = parseCorruptedName(name);
  if (recipe) {
    const { sampleCount, digest } = splitOf(dataset, recipe.base);
    return { name, sampleCount, digest: corruptedDigest(digest, recipe) };
  }
  const split = dataset.splits.find((candidate) => candidate.name === name);
  if (split) return split;
  const names = dataset.splits.map((candidate) => candidate.name).join(', ');
  throw new UserError(
    'DATASET_SPLIT_UNKNOWN',
    `${dataset.name} has no split "${name}"; it has ${names}`,
  );
}

function rowOf(info: DatasetInfo) {
  return {
    id: randomUUID(),
    name: info.name,
    digest: info.digest,
    classNames: [...info.classNames],
    imageHeight: info.imageShape.height,
    imageWidth: info.imageShape.width,
    imageChannels: info.imageShape.channels,
    splits: info.splits.map(({ name, sampleCount, digest }) => ({ name, sampleCount, digest })),
  };
}
