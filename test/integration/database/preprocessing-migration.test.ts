/** The migration to aliases and preprocessing keeps every row, and says of old ones what had been so. */
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { defaultPreprocessing, preprocessingDigest } from '../../../src/checkpoints/preprocessing';
import { migrate, revertLast } from '../../../src/database/migrate';
import { openTestDatabase, type OpenTestDatabase } from '../../support/open-test-database';

const NAME = 'AddAliasesAndPreprocessing1795600000000';

let database: OpenTestDatabase;
let dataSource: DataSource;

beforeEach(async () => {
  database = await openTestDatabase();
  dataSource = database.dataSource;
  await takeBack();
});

afterEach(() => database.end());

/** Down to the schema before, whatever came after. */
async function takeBack(): Promise<void> {
  while (!(await revertLast(dataSource)).includes(NAME));
}

/** Rows as the schema before had them. */
async function fill(channels: number): Promise<{ checkpointId: string; runId: string }> {
  const [checkpointId, datasetId, runId] = [randomUUID(), randomUUID(), randomUUID()];
  const digest = randomUUID().replaceAll('-', '').repeat(2);
  await dataSource.query(
    `INSERT INTO checkpoint (id, name, digest, format, architecture, input_height, input_width,
       input_channels, class_count, parameter_count, size_bytes)
     VALUES ($1, 'old', $2, 'onnx', 'Gemm', 28, 28, $3, 2, 10, 40)`,
    [checkpointId, digest, channels],
  );
  await dataSource.query(
    `INSERT INTO dataset (id, name, digest, class_names, image_height, image_width, image_channels, splits)
     VALUES ($1, 'd', $2, '{a,b}', 28, 28, $3, '[]')`,
    [datasetId, digest, channels],
  );
  await dataSource.query(
    `INSERT INTO evaluation_run (id, checkpoint_id, dataset_id, split, engine, batch_size, state, worker_id, samples_total)
     VALUES ($1, $2, $3, 'test', 'onnx', 64, 'SUCCEEDED', $1, 1)`,
    [runId, checkpointId, datasetId],
  );
  const numbers = [
    'loss',
    'accuracy',
    'balanced_accuracy',
    'macro_precision',
    'macro_recall',
    'macro_f1',
    'micro_f1',
    'weighted_precision',
    'weighted_recall',
    'weighted_f1',
    'loss_sum',
    'load_ms',
    'inference_ms',
    'total_ms',
  ];
  await dataSource.query(
    `INSERT INTO evaluation_result (run_id, checkpoint_id, dataset_id, checkpoint_digest, data_digest, split,
       engine, backend, backend_version, sample_count, class_count, confusion_matrix, ${numbers.join(', ')})
     VALUES ($1, $2, $3, $4, $4, 'test', 'onnx', 'onnxruntime', '1', 1, 2, '{{1,0},{0,0}}',
       ${numbers.map((_, i) => i).join(', ')})`,
    [runId, checkpointId, datasetId, digest],
  );
  await dataSource.query(
    `INSERT INTO prediction_block (run_id, shard, first_sample, sample_count, class_count, logits, loss_sum)
     VALUES ($1, 0, 0, 1, 2, '\\x0000000000000000', 0)`,
    [runId],
  );
  return { checkpointId, runId };
}

const all = async () => {
  const tables = ['checkpoint', 'evaluation_run', 'evaluation_result', 'prediction_block'];
  return Promise.all(
    tables.map((table) => dataSource.query<object[]>(`SELECT * FROM ${table} ORDER BY 1`)),
  );
};

it('gives old checkpoints and results the preprocessing that every engine had applied', async () => {
  for (const channels of [1, 3, 4]) {
    const { checkpointId, runId } = await fill(channels);
    await migrate(dataSource);
    const expected = defaultPreprocessing({ channels, endsInSoftmax: false });
    const [checkpoint] = await dataSource.query<object[]>(
      'SELECT * FROM checkpoint WHERE id = $1',
      [checkpointId],
    );
    expect(checkpoint).toMatchObject({
      preprocessing: expected,
      preprocessing_digest: preprocessingDigest(expected),
      tags: [],
      notes: '',
      deleted_at: null,
    });
    const [result] = await dataSource.query<object[]>(
      'SELECT * FROM evaluation_result WHERE run_id = $1',
      [runId],
    );
    expect(result).toMatchObject({
      preprocessing: expected,
      confusion_matrix: [
        [1, 0],
        [0, 0],
      ],
    });
    const [block] = await dataSource.query<object[]>(
      'SELECT * FROM prediction_block WHERE run_id = $1',
      [runId],
    );
    expect(block).toMatchObject({ kind: 'logits' });
    await takeBack();
  }
});

it('up, down and up again keep every row, and results stay unchangeable', async () => {
  const { runId } = await fill(1);
  const before = await all();
  await migrate(dataSource);
  const first = await all();
  await takeBack();
  expect(await all()).toEqual(before);
  await migrate(dataSource);
  expect(await all()).toEqual(first);
  await expect(
    dataSource.query('UPDATE evaluation_result SET loss = 9 WHERE run_id = $1', [runId]),
  ).rejects.toThrow('never changed');
});

it('is not taken back where that would make two checkpoints one', async () => {
  await fill(1);
  await migrate(dataSource);
  await dataSource.query(
    `INSERT INTO checkpoint SELECT (jsonb_populate_record(c, jsonb_build_object(
       'id', gen_random_uuid(), 'preprocessing_digest', repeat('a', 64)))).* FROM checkpoint c`,
  );
  await expect(takeBack()).rejects.toMatchObject({ code: 'MIGRATION_WOULD_LOSE_DATA' });
  expect(await dataSource.query('SELECT count(*)::int AS n FROM checkpoint')).toEqual([{ n: 2 }]);
});
