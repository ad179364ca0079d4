/** What is kept on this machine: datasets and checkpoints, held against the digests they are known by. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { DataSource } from 'typeorm';
import { sha256OfFolder } from '../checkpoints/stored-files';
import type { LoadedConfig } from '../config/load-config';
import { dataFolder } from '../database/connect';
import type { DatasetSource } from '../datasets/dataset';
import { AssayError } from '../errors';
import { type Answer, failed, ok, warning } from './finding';

/** Enough to notice a broken disk, few enough for a minute. */
const SAMPLE = 20;

/** @param source one that downloads nothing */
export async function checkDataset(source: DatasetSource): Promise<Answer> {
  try {
    await source.describe();
  } catch (error) {
    if (error instanceof AssayError && error.code === 'DATASET_CHECKSUM') throw error;
    return warning(
      'not on this machine; it is downloaded when it is first asked for, or name a folder that holds it in ASSAY_DATA_MIRROR',
    );
  }
  const { splits } = await source.describe();
  for (const split of splits) await source.loadSplit(split.name);
  return ok(splits.map((split) => `${split.name} (${split.sampleCount})`).join(', '));
}

export function checkMirror({ dataMirror }: LoadedConfig): Answer {
  if (dataMirror === undefined) return ok('none is named');
  if (existsSync(dataMirror)) return ok(dataMirror);
  return failed(`there is no folder ${dataMirror}; mend ASSAY_DATA_MIRROR`);
}

/** Some at random; all of them where there are few. */
export async function checkStore(loaded: LoadedConfig, dataSource: DataSource): Promise<Answer> {
  const root = path.join(dataFolder(loaded), 'checkpoints');
  const sample = await dataSource.query<{ name: string; digest: string; total: string }[]>(
    `SELECT max(name) AS name, digest, count(*) OVER () AS total FROM checkpoint
      WHERE deleted_at IS NULL GROUP BY digest ORDER BY random() LIMIT ${SAMPLE}`,
  );
  const missing: string[] = [];
  const changed: string[] = [];
  for (const { name, digest } of sample) {
    const folder = path.join(root, digest);
    const called = `${JSON.stringify(name)} (${digest.slice(0, 12)})`;
    if (!existsSync(folder)) missing.push(called);
    else if ((await sha256OfFolder(folder)) !== digest) changed.push(called);
  }
  if (changed.length > 0) {
    return failed(`the files of ${changed.join(', ')} have changed; register them again`);
  }
  if (missing.length > 0) {
    return warning(
      `the files of ${missing.join(', ')} are not in ${root}; register them here again, or share the data folder`,
    );
  }
  const total = Number(sample[0]?.total ?? 0);
  return ok(`${sample.length} of ${total} looked at, each as its digest says`);
}
