/** Results that differ from a stored one in some columns, as SQL has them: microseconds, nulls and all. */
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';

/** @returns the new run's id */
export async function storeVariant(
  { manager }: DataSource,
  ofRunId: string,
  columns: Record<string, unknown>,
): Promise<string> {
  const runId = randomUUID();
  const ofRun = Object.fromEntries(
    Object.entries(columns).filter(([name]) => RUN_COLUMNS.includes(name)),
  );
  await manager.query(
    `INSERT INTO evaluation_run SELECT (jsonb_populate_record(r, $2)).* FROM evaluation_run r WHERE id = $1`,
    [ofRunId, { ...ofRun, id: runId }],
  );
  await manager.query(
    `INSERT INTO evaluation_result SELECT (jsonb_populate_record(r, $2)).* FROM evaluation_result r WHERE run_id = $1`,
    [ofRunId, { ...columns, run_id: runId }],
  );
  return runId;
}

const RUN_COLUMNS = ['checkpoint_id', 'dataset_id', 'split', 'engine', 'created_at'];
