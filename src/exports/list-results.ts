/** The newest results in a few words each, for a person who looks for an id. */
import type { EntityManager } from 'typeorm';
import { SqlParameters } from '../pagination/sql-parameters';

/** Only what is given narrows the list. */
export interface ListFilter {
  /** By name, whichever of its versions. */
  dataset?: string | undefined;
  split?: string | undefined;
  checkpointId?: string | undefined;
}

export interface ListedResult {
  id: string;
  checkpoint: string;
  checkpointDigest: string;
  dataset: string;
  split: string;
  engine: string;
  sampleCount: number;
  accuracy: number;
  macroF1: number;
  loss: number;
  createdAt: Date;
}

/** One statement; newest first. */
export async function listResults(
  manager: EntityManager,
  { dataset, split, checkpointId }: ListFilter,
  first: number,
): Promise<ListedResult[]> {
  const parameters = new SqlParameters();
  const where = ['TRUE'];
  if (dataset !== undefined) where.push(`d.name = ${parameters.add(dataset)}`);
  if (split !== undefined) where.push(`r.split = ${parameters.add(split)}`);
  if (checkpointId !== undefined) where.push(`r.checkpoint_id = ${parameters.add(checkpointId)}`);
  const rows = await manager.query<(Omit<ListedResult, 'sampleCount'> & { sampleCount: string })[]>(
    `SELECT r.run_id AS id, c.name AS checkpoint, r.checkpoint_digest AS "checkpointDigest",
            d.name AS dataset, r.split, r.engine, r.sample_count AS "sampleCount", r.accuracy,
            r.macro_f1 AS "macroF1", r.loss, r.created_at AS "createdAt"
       FROM evaluation_result r
       JOIN checkpoint c ON c.id = r.checkpoint_id
       JOIN dataset d ON d.id = r.dataset_id
      WHERE ${where.join(' AND ')}
      ORDER BY r.created_at DESC, r.run_id DESC LIMIT ${parameters.add(first)}`,
    parameters.values,
  );
  return rows.map((row) => ({ ...row, sampleCount: Number(row.sampleCount) }));
}
