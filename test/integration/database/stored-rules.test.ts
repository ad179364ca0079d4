/** What the database itself refuses, whoever asks, and what its keys hold. */
import { EvaluationResult } from '../../../src/evaluations/evaluation-result.entity';
import { EvaluationRun } from '../../../src/evaluations/evaluation-run.entity';
import { PredictionBlock } from '../../../src/evaluations/prediction-block.entity';
import { openTestDatabase, type OpenTestDatabase } from '../../support/open-test-database';
import { blockOf, newRun, resultOf, storeCheckpoint, storeResult } from '../../support/stored-rows';

let database: OpenTestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
});

afterAll(() => database.end());

const query = (sql: string, values: unknown[] = []) =>
  database.dataSource.query<unknown>(sql, values);
const stored = async () => storeResult(database.dataSource, await newRun(database.dataSource));

const runOf = ({ runId: id }: EvaluationResult) =>
  database.dataSource.manager.findOneByOrFail(EvaluationRun, { id });

describe('results', () => {
  it('are written once: an UPDATE is refused, of one column as of all', async () => {
    const { runId } = await stored();
    await expect(
      query('UPDATE evaluation_result SET accuracy = 1 WHERE run_id = $1', [runId]),
    ).rejects.toThrow('rows of evaluation_result are never changed');
    await expect(
      database.dataSource.manager.update(EvaluationResult, { runId }, { split: 'train' }),
    ).rejects.toThrow('never changed');
    const kept = await database.dataSource.manager.findOneByOrFail(EvaluationResult, { runId });
    expect(kept).toMatchObject({ accuracy: 0.75, split: 'test' });
  });

  it('are one a run', async () => {
    const run = await runOf(await stored());
    await expect(
      database.dataSource.manager.insert(EvaluationResult, resultOf(run)),
    ).rejects.toThrow('evaluation_result_pkey');
  });

  it('keep the counts of the confusion matrix as integers, in rows', async () => {
    const { runId } = await stored();
    const rows = await query(
      'SELECT confusion_matrix[1][2] AS wrong, confusion_matrix[2][2] AS right FROM evaluation_result WHERE run_id = $1',
      [runId],
    );
    expect(rows).toEqual([{ wrong: 1, right: 2 }]);
  });

  it('go only to runs, checkpoints and datasets that exist', async () => {
    const result = resultOf(await runOf(await stored()));
    for (const key of ['runId', 'checkpointId', 'datasetId'] as const) {
      const other = { ...result, runId: crypto.randomUUID(), [key]: crypto.randomUUID() };
      await expect(database.dataSource.manager.insert(EvaluationResult, other)).rejects.toThrow(
        /foreign key constraint/,
      );
    }
  });
});

describe('checkpoints', () => {
  it('have one row a digest', async () => {
    const first = await storeCheckpoint(database.dataSource);
    await expect(storeCheckpoint(database.dataSource, { digest: first.digest })).rejects.toThrow(
      'checkpoint_digest_preprocessing_digest_idx',
    );
  });
});

describe('runs', () => {
  it('know no other states', async () => {
    const { runId } = await stored();
    await expect(
      query(`UPDATE evaluation_run SET state = 'DONE' WHERE id = $1`, [runId]),
    ).rejects.toThrow('evaluation_run_state_check');
  });
});

describe('prediction blocks', () => {
  it('are one a shard, and give back the bytes that went in', async () => {
    const result = await stored();
    const { runId } = result;
    const run = await runOf(result);
    const { manager } = database.dataSource;
    const logits = Buffer.from(Float32Array.of(1.5, -2, 0, 3e38, -0, 1e-45, 7, 8).buffer);
    await manager.insert(PredictionBlock, { ...blockOf(run), logits });
    await manager.insert(PredictionBlock, blockOf(run, 1));
    await expect(manager.insert(PredictionBlock, blockOf(run, 1))).rejects.toThrow(
      'prediction_block_pkey',
    );
    const block = await manager.findOneByOrFail(PredictionBlock, { runId, shard: 0 });
    expect(block.logits.equals(logits)).toBe(true);
    expect(block.firstSample).toBe(0);
  });
});

describe('keys', () => {
  // By the entities: distribute-by-run.test.ts.
  it('of the migrated database: results and predictions have no unique index beside their own', async () => {
    const rows = await query(
      `SELECT i.relname AS name FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
        WHERE x.indisunique AND x.indrelid IN ('evaluation_result'::regclass, 'prediction_block'::regclass)
        ORDER BY 1`,
    );
    expect(rows).toEqual([{ name: 'evaluation_result_pkey' }, { name: 'prediction_block_pkey' }]);
  });
});
