/** One result into the database that is copied to: with its run, and its predictions where they are asked for. */
import type { DataSource, EntityManager } from 'typeorm';
import { conflict } from './conflicts';
import type { NamedRows } from './named-rows';
import { type CopiedRow, type CopiedTable, copiedTable, insertRow, readRows } from './table-rows';

export interface RunTables {
  run: CopiedTable;
  result: CopiedTable;
  block: CopiedTable;
}

export async function runTables(source: EntityManager): Promise<RunTables> {
  return {
    run: await copiedTable(source, 'evaluation_run'),
    result: await copiedTable(source, 'evaluation_result'),
    block: await copiedTable(source, 'prediction_block'),
  };
}

export interface CopyEnds {
  source: EntityManager;
  target: DataSource;
  named: NamedRows;
  tables: RunTables;
}

export interface CopiedResult {
  runs: number;
  results: number;
  blocks: number;
}

/**
 * In one transaction: it is there whole, or not at all. What is there already is left as it is.
 *
 * @throws UserError EXPORT_CONFLICT where the run is there and has not succeeded
 */
export async function copyResult(
  ends: CopyEnds,
  runId: string,
  predictions: boolean,
): Promise<CopiedResult> {
  const { source, target, tables } = ends;
  const run = await named(ends, await oneRow(source, tables.run, 'id', runId));
  const result = await named(ends, await oneRow(source, tables.result, 'run_id', runId));
  return target.transaction(async (manager) => {
    const runs = Number(await insertRow(manager, tables.run, run));
    if (runs === 0) await checkSucceeded(manager, runId);
    const results = Number(await insertRow(manager, tables.result, result));
    let blocks = 0;
    if (predictions) {
      for await (const block of blocksOf(source, tables.block, runId)) {
        blocks += Number(await insertRow(manager, tables.block, block));
      }
    }
    return { runs, results, blocks };
  });
}

/** A run that ended without a result. @returns whether it is new there */
export async function copyRun(ends: CopyEnds, runId: string): Promise<boolean> {
  const row = await named(ends, await oneRow(ends.source, ends.tables.run, 'id', runId));
  return insertRow(ends.target.manager, ends.tables.run, row);
}

/** With the ids that checkpoint and dataset bear in the target. */
async function named({ named: rows }: CopyEnds, row: CopiedRow): Promise<CopiedRow> {
  return {
    ...row,
    checkpoint_id: await rows.idOf('checkpoint', String(row['checkpoint_id'])),
    dataset_id: await rows.idOf('dataset', String(row['dataset_id'])),
  };
}

async function oneRow(
  manager: EntityManager,
  table: CopiedTable,
  idColumn: string,
  id: string,
): Promise<CopiedRow> {
  const [row] = await readRows(manager, table, `${idColumn} = $1`, [id]);
  if (!row) throw new Error(`${table.name} has no row ${id} any more`);
  return row;
}

/** One at a time: a block may be large. */
async function* blocksOf(
  manager: EntityManager,
  table: CopiedTable,
  runId: string,
): AsyncGenerator<CopiedRow, void, undefined> {
  let after = -1;
  for (;;) {
    const next = 'run_id = $1 AND shard > $2 ORDER BY shard LIMIT 1';
    const [block] = await readRows(manager, table, next, [runId, after]);
    if (!block) return;
    yield block;
    after = Number(block['shard']);
  }
}

async function checkSucceeded(manager: EntityManager, runId: string): Promise<void> {
  const [run] = await manager.query<{ state: string }[]>(
    'SELECT state FROM evaluation_run WHERE id = $1',
    [runId],
  );
  if (run?.state === 'SUCCEEDED') return;
  throw conflict(`the run ${runId} is ${run?.state ?? 'another'} there`);
}
