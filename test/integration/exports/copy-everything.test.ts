/** Results go from one database into another: equal rows, only what is new, and each result whole or not at all. */
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { Checkpoint } from '../../../src/checkpoints/checkpoint.entity';
import { Dataset } from '../../../src/datasets/dataset.entity';
import { EvaluationResult } from '../../../src/evaluations/evaluation-result.entity';
import { EvaluationRun, RunState } from '../../../src/evaluations/evaluation-run.entity';
import { PredictionBlock } from '../../../src/evaluations/prediction-block.entity';
import { copyEverything } from '../../../src/exports/copy/copy-everything';
import { exportTime } from '../../../src/exports/export-time';
import { openTestDatabase, type OpenTestDatabase } from '../../support/open-test-database';
import { blockOf, newRun, storeCheckpoint, storeResult } from '../../support/stored-rows';

const SINCE = exportTime('1970-01-01');
const TABLES = ['checkpoint', 'dataset', 'evaluation_run', 'evaluation_result', 'prediction_block'];

let from: OpenTestDatabase;
let to: OpenTestDatabase;

beforeEach(async () => {
  from = await openTestDatabase();
  to = await openTestDatabase();
}, 120_000);
afterEach(async () => {
  await from.end();
  await to.end();
});

const copy = (options: { predictions?: boolean; since?: string; signal?: AbortSignal } = {}) =>
  copyEverything(from.dataSource.manager, to.dataSource, {
    since: SINCE,
    predictions: true,
    ...options,
  });

/** Each with two blocks, of bytes of their own. */
async function storeResults(count: number, run?: Awaited<ReturnType<typeof newRun>>) {
  const { dataSource } = from;
  const common = run ?? (await newRun(dataSource));
  const results: EvaluationResult[] = [];
  for (let i = 0; i < count; i++) {
    const result = await storeResult(dataSource, common);
    const stored = await dataSource.manager.findOneByOrFail(EvaluationRun, { id: result.runId });
    for (const shard of [0, 1]) {
      const logits = Buffer.from(Float32Array.from({ length: 8 }, (_, k) => k / 3 + i).buffer);
      await dataSource.manager.insert(PredictionBlock, { ...blockOf(stored, shard), logits });
    }
    results.push(result);
  }
  return results;
}

/** An entity's columns, to be changed and inserted elsewhere. */
function plain<T extends object>(entity: T): { [key in keyof T]: T[key] } {
  return Object.assign({}, entity);
}

/** A run that ended otherwise. */
async function storeFailedRun(): Promise<string> {
  const id = randomUUID();
  await from.dataSource.manager.insert(EvaluationRun, {
    ...(await newRun(from.dataSource)),
    id,
    state: RunState.FAILED,
    failureCode: 'ENGINE_FAILED',
    failureMessage: 'it fell over',
    finishedAt: new Date(),
  });
  return id;
}

/** As PostgreSQL writes them out, each digit of each number and time. */
async function rowsOf({ dataSource }: { dataSource: DataSource }, tables = TABLES) {
  const rows: Record<string, string[]> = {};
  for (const table of tables) {
    const found = await dataSource.query<{ row: string }[]>(
      `SELECT t::text AS row FROM ${table} t ORDER BY 1`,
    );
    rows[table] = found.map(({ row }) => row);
  }
  return rows;
}

it('copies every row as it is, and again nothing', async () => {
  await storeResults(3);
  await storeFailedRun();
  const waiting = randomUUID();
  await from.dataSource.manager.insert(EvaluationRun, {
    ...(await newRun(from.dataSource)),
    id: waiting,
    state: RunState.QUEUED,
  });
  // All but the last digits of a time would survive a Date.
  await from.dataSource.query(`UPDATE checkpoint SET created_at = created_at + interval '1 us'`);
  const first = await copy();
  expect(first).toMatchObject({
    checkpoints: 3,
    datasets: 3,
    runs: 4,
    results: 3,
    blocks: 6,
    already: 0,
  });
  await from.dataSource.query('DELETE FROM evaluation_run WHERE id = $1', [waiting]);
  expect(await rowsOf(to)).toEqual(await rowsOf(from));
  expect(await copy()).toMatchObject({
    ...{ checkpoints: 0, datasets: 0, runs: 0, results: 0, blocks: 0, already: 3 },
  });
  expect(await rowsOf(to)).toEqual(await rowsOf(from));
});

it('leaves predictions away until they are asked for, and goes on from a time', async () => {
  await storeResults(2);
  const first = await copy({ predictions: false });
  expect(first).toMatchObject({ results: 2, blocks: 0 });
  expect(await copy()).toMatchObject({ results: 0, runs: 0, blocks: 4, already: 2 });
  await storeResults(1);
  expect(await copy({ since: first.until })).toMatchObject({ results: 1, blocks: 2, already: 0 });
  expect(await rowsOf(to)).toEqual(await rowsOf(from));
});

it('what was interrupted is whole, and goes on', async () => {
  await storeResults(6);
  let looks = 0;
  const signal = {
    get aborted() {
      looks += 1;
      return looks > 5;
    },
  } as AbortSignal;
  await expect(copy({ signal })).rejects.toMatchObject({ code: 'EXPORT_INTERRUPTED' });
  const there = await to.dataSource.query<{ blocks: number }[]>(
    `SELECT (SELECT count(*)::int FROM prediction_block b WHERE b.run_id = r.id) AS blocks
       FROM evaluation_run r JOIN evaluation_result e ON e.run_id = r.id`,
  );
  expect(there.length).toBeGreaterThan(0);
  expect(there.length).toBeLessThan(6);
  expect(new Set(there.map(({ blocks }) => blocks))).toEqual(new Set([2]));
  expect(await copy()).toMatchObject({ results: 6 - there.length, already: there.length });
  expect(await rowsOf(to)).toEqual(await rowsOf(from));
});

it('a result whose last block does not arrive is not there at all', async () => {
  await storeResults(1);
  await to.dataSource.query(
    'ALTER TABLE prediction_block ADD CONSTRAINT no_second CHECK (shard < 1)',
  );
  await expect(copy()).rejects.toThrow('no_second');
  expect(await rowsOf(to, TABLES.slice(2))).toEqual({
    evaluation_run: [],
    evaluation_result: [],
    prediction_block: [],
  });
});

it('finds the same checkpoint and dataset under the ids that another installation gave them', async () => {
  const [result] = await storeResults(1);
  const { checkpointId, datasetId, runId } = result as EvaluationResult;
  const [checkpoint, dataset] = [randomUUID(), randomUUID()];
  const { manager } = from.dataSource;
  await to.dataSource.manager.insert(Checkpoint, {
    ...plain(await manager.findOneByOrFail(Checkpoint, { id: checkpointId })),
    id: checkpoint,
    notes: 'theirs',
  });
  await to.dataSource.manager.insert(Dataset, {
    ...plain(await manager.findOneByOrFail(Dataset, { id: datasetId })),
    id: dataset,
  });
  expect(await copy()).toMatchObject({ checkpoints: 0, datasets: 0, results: 1 });
  const there = to.dataSource.manager;
  expect(await there.findOneByOrFail(EvaluationResult, { runId })).toMatchObject({
    checkpointId: checkpoint,
    datasetId: dataset,
    accuracy: 0.75,
  });
  expect(await there.findOneByOrFail(EvaluationRun, { id: runId })).toMatchObject({
    checkpointId: checkpoint,
  });
  expect(await there.findOneByOrFail(Checkpoint, { id: checkpoint })).toMatchObject({
    notes: 'theirs',
  });
  expect(await copy()).toMatchObject({ results: 0, already: 1 });
});

describe('what a checkpoint was made from', () => {
  /** Each made from the one before it, the last one with a result. */
  async function storeLine(count: number): Promise<string[]> {
    const { dataSource } = from;
    const run = await newRun(dataSource);
    const ids = [run.checkpointId];
    while (ids.length < count) ids.unshift((await storeCheckpoint(dataSource)).id);
    for (const [index, id] of ids.entries()) {
      const parentId = ids[index - 1] ?? null;
      await dataSource.manager.update(Checkpoint, { id }, { parentId });
    }
    await storeResults(1, run);
    return ids;
  }

  it('goes before it, though it is older than what is asked for', async () => {
    await storeLine(4);
    await from.dataSource.query(
      `UPDATE checkpoint SET created_at = '2001-01-01' WHERE id NOT IN (SELECT checkpoint_id FROM evaluation_run)`,
    );
    expect(await copy({ since: exportTime('2010-01-01') })).toMatchObject({ checkpoints: 4 });
    expect(await rowsOf(to)).toEqual(await rowsOf(from));
  });

  it('bears the id that it has there, and what is there keeps its own parent', async () => {
    const [top = '', middle = '', last = ''] = await storeLine(3);
    const there = to.dataSource.manager;
    const theirs = randomUUID();
    await there.insert(Checkpoint, {
      ...plain(await from.dataSource.manager.findOneByOrFail(Checkpoint, { id: middle })),
      id: theirs,
      parentId: null,
    });
    expect(await copy()).toMatchObject({ checkpoints: 2, results: 1 });
    const parentOf = async (id: string) =>
      (await there.findOneByOrFail(Checkpoint, { id })).parentId;
    expect(await Promise.all([top, theirs, last].map(parentOf))).toEqual([null, null, theirs]);
  });
});

it('tells what stands in the way, leaves it, and copies all else', async () => {
  const [first] = await storeResults(2);
  await copy();
  const { runId } = first as EvaluationResult;
  await to.dataSource.query('ALTER TABLE evaluation_result DISABLE TRIGGER USER');
  await to.dataSource.query('UPDATE evaluation_result SET accuracy = 0.5 WHERE run_id = $1', [
    runId,
  ]);
  const unfinished = (await storeResults(1))[0] as EvaluationResult;
  await to.dataSource.manager.insert(EvaluationRun, {
    ...plain(
      await from.dataSource.manager.findOneByOrFail(EvaluationRun, { id: unfinished.runId }),
    ),
    checkpointId: (first as EvaluationResult).checkpointId,
    datasetId: (first as EvaluationResult).datasetId,
    state: RunState.RUNNING,
  });
  await storeResults(1);
  const failure = await copy().catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'EXPORT_CONFLICT', details: { count: 2 } });
  expect(String(failure)).toContain(`the result ${runId} has another content there`);
  expect(String(failure)).toContain(`the run ${unfinished.runId} is RUNNING there`);
  const there = to.dataSource.manager;
  expect(await there.findOneByOrFail(EvaluationResult, { runId })).toMatchObject({ accuracy: 0.5 });
  expect(await there.count(EvaluationResult)).toBe(3);
});

it('goes on over pages', async () => {
  const [one] = await storeResults(1);
  await from.dataSource.query(
    `WITH copied AS (
       INSERT INTO evaluation_run SELECT (jsonb_populate_record(r, jsonb_build_object('id', md5(i::text)::uuid))).*
         FROM evaluation_run r, generate_series(1, 450) i RETURNING id)
     INSERT INTO evaluation_result SELECT (jsonb_populate_record(e, jsonb_build_object('run_id', c.id))).*
       FROM evaluation_result e, copied c WHERE e.run_id = $1`,
    [one?.runId],
  );
  expect(await copy()).toMatchObject({ results: 451, runs: 451 });
  expect(await rowsOf(to)).toEqual(await rowsOf(from));
  expect(await copy()).toMatchObject({ results: 0, already: 451 });
}, 120_000);
