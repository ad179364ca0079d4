/** A large split for a benchmark: a small one over and over, in the cache of a worker that would fetch it. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename } from 'node:fs/promises';
import path from 'node:path';
import type { DataSource } from 'typeorm';
import type { Split } from '../../src/datasets/dataset';
import { Dataset } from '../../src/datasets/dataset.entity';
import { datasetDigest, littleEndian, splitHeader } from '../../src/datasets/digest';

/**
 * Writes the split's bytes as a service would send them to `assay worker --api`, 784 MB for a million images of
 * 28×28, and registers the dataset.
 *
 * @param cacheFolder the cache in the data folder of the worker
 * @returns the dataset, whose one split has the name of the small one
 */
export async function storeRepeatedSplit(
  dataSource: DataSource,
  cacheFolder: string,
  { name, imageShape, images, labels }: Split,
  { classNames, times }: { classNames: readonly string[]; times: number },
): Promise<Dataset> {
  const sampleCount = labels.length * times;
  const made = path.join(cacheFolder, 'splits', '.made');
  await mkdir(made, { recursive: true });
  const file = await open(path.join(made, 'split'), 'wx');
  const hash = createHash('sha256');
  const write = async (bytes: Uint8Array): Promise<void> => {
    hash.update(bytes);
    await file.writeFile(bytes);
  };
  try {
    await write(splitHeader({ name, imageShape, classNames, sampleCount }));
    for (const part of [images, littleEndian(labels)]) {
      for (let i = 0; i < times; i++) await write(part);
    }
  } finally {
    await file.close();
  }
  const digest = hash.digest('hex');
  await rename(made, path.join(cacheFolder, 'splits', digest));
  const splits = [{ name, sampleCount, digest }];
  return dataSource.getRepository(Dataset).save({
    id: randomUUID(),
    name: `${times} times ${name}`,
    digest: datasetDigest(splits),
    classNames: [...classNames],
    imageHeight: imageShape.height,
    imageWidth: imageShape.width,
    imageChannels: imageShape.channels,
    splits,
  });
}
