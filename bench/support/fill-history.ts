/**
 * A long history of results, made in the database itself, the same each time. What real ones have is in it:
 * metrics that go together and grow over time, datasets and corrupted splits of different difficulty, a few
 * checkpoints evaluated far oftener than others, equal values, a rare engine, and results from before some
 * scalars were stored.
 */
import type { DataSource, EntityManager } from 'typeorm';
import { RESULT_METRICS } from '../../src/evaluations/result-metric';

export interface HistorySize {
  results: number;
  checkpoints: number;
  datasets: number;
  /** How many of the newest runs have predictions: 10,000 samples of 10 classes each. */
  runsWithPredictions: number;
}

export const HISTORY_BEGIN = '2028-01-01T00:00:00Z';
export const HISTORY_DAYS = 700;

const CHECKPOINTS = `
  INSERT INTO checkpoint (id, name, digest, format, architecture, input_height, input_width, input_channels,
                          class_count, parameter_count, size_bytes, created_at, preprocessing, preprocessing_digest)
  SELECT md5('checkpoint ' || i)::uuid, 'checkpoint ' || i, md5('a' || i) || md5('b' || i), 'onnx',
         'Conv, Relu, Gemm', 28, 28, 1, 10, 100000, 400000,
         timestamptz '${HISTORY_BEGIN}' + (i::float8 / $1) * interval '${HISTORY_DAYS} days', $2, repeat('0', 64)
    FROM generate_series(0, $1::int - 1) i`;

const DATASETS = `
  INSERT INTO dataset (id, name, digest, class_names, image_height, image_width, image_channels, splits)
  SELECT md5('dataset ' || i)::uuid, 'dataset ' || i, md5('c' || i) || md5('d' || i),
         ARRAY(SELECT 'class ' || k FROM generate_series(0, 9) k), 28, 28, 1,
         '[{"name": "test", "sampleCount": 10000}, {"name": "validation", "sampleCount": 10000}]'
    FROM generate_series(0, $1::int - 1) i`;

/** A result's number, its checkpoint, dataset, corruption (0: none) and noise. */
const DRAWS = `
  CREATE TEMPORARY TABLE draw AS
  SELECT i,
         floor(least($2 - 1, $2 * (i::float8 / $1) * (CASE WHEN a < 0.7 THEN 1 ELSE b * b END)))::int AS checkpoint,
         floor($3 * greatest(0, 2 * c - 1))::int AS dataset,
         CASE WHEN d < 0.5 THEN 0 ELSE ceil(60 * (d - 0.5))::int END AS corruption,
         d < 0.1 AS validation, e < 0.03 AS rare, noise
    FROM (SELECT i, random() AS a, random() AS b, random() AS c, random() AS d, random() AS e,
                 random() + random() + random() - 1.5 AS noise
            FROM generate_series(0, $1::int - 1) i) drawn`;

/** error: the share that is wrong, in ten thousandths as of 10,000 samples. */
const FIGURES = `
  CREATE TEMPORARY TABLE figure AS
  SELECT i, md5('run ' || i)::uuid AS run, md5('checkpoint ' || checkpoint)::uuid AS checkpoint,
         md5('dataset ' || dataset)::uuid AS dataset, md5('a' || checkpoint) || md5('b' || checkpoint) AS digest,
         CASE WHEN validation THEN 'validation' WHEN corruption = 0 THEN 'test'
              ELSE 'test~' || (ARRAY['noise', 'blur', 'shift', 'rotation', 'contrast', 'occlusion'])[1 + (corruption - 1) / 5]
                   || '-' || 1 + (corruption - 1) % 5 || '-s42' END AS split,
         CASE WHEN rare THEN 'tfjs' ELSE 'onnx' END AS engine,
         timestamptz '${HISTORY_BEGIN}' + (i::float8 / $1) * interval '${HISTORY_DAYS} days' AS at,
         i < $1 / 5 AS old, noise,
         round(least(0.95, greatest(0.0001, 0.35 - 0.3 * checkpoint::float8 / $2 + 0.02 * dataset
               + 0.1 * CASE WHEN corruption = 0 THEN 0 ELSE 1 + (corruption - 1) % 5 END + 0.02 * noise))::numeric, 4)::float8 AS error
    FROM draw`;

const RUNS = `
  INSERT INTO evaluation_run (id, checkpoint_id, dataset_id, split, engine, batch_size, state, attempt,
                              samples_total, samples_done, created_at, started_at, finished_at)
  SELECT run, checkpoint, dataset, split, engine, 64, 'SUCCEEDED', 1, 10000, 10000, at, at, at FROM figure`;

const RESULTS = `
  INSERT INTO evaluation_result (
    run_id, checkpoint_id, dataset_id, checkpoint_digest, data_digest, split, engine, backend, backend_version,
    sample_count, class_count, accuracy, micro_f1, weighted_recall, loss, loss_sum, balanced_accuracy, macro_recall,
    macro_precision, macro_f1, weighted_precision, weighted_f1, top2_accuracy, top3_accuracy, top5_accuracy,
    cohen_kappa, matthews_corrcoef, roc_auc_macro, roc_auc_weighted, average_precision_macro, brier_score,
    expected_calibration_error, intervals, confusion_matrix, load_ms, inference_ms, total_ms, created_at, preprocessing)
  SELECT run, checkpoint, dataset, digest, repeat('0', 64), split, engine, 'onnxruntime', '1.30.0', 10000, 10,
    1 - error, 1 - error, 1 - error, 3 * error + 0.2 * random(), 30000 * error, 1 - error * (0.98 + 0.04 * random()),
    1 - error * (0.98 + 0.04 * random()), 1 - error * (0.95 + 0.1 * random()), 1 - error * (0.95 + 0.1 * random()),
    1 - error * (0.95 + 0.1 * random()), 1 - error * (0.95 + 0.1 * random()),
    CASE WHEN NOT old THEN 1 - error / 2 END, CASE WHEN NOT old THEN 1 - error / 3 END,
    CASE WHEN NOT old THEN 1 - error / 5 END, CASE WHEN NOT old THEN 1 - error / 0.9 END,
    CASE WHEN NOT old THEN 1 - error / 0.9 * (0.98 + 0.04 * random()) END,
    CASE WHEN NOT old THEN 1 - error / 4 * random() END, CASE WHEN NOT old THEN 1 - error / 4 * random() END,
    CASE WHEN NOT old THEN 1 - error * random() END, CASE WHEN NOT old THEN 1.4 * error + 0.05 * random() END,
    CASE WHEN NOT old THEN 0.1 * random() END,
    CASE WHEN NOT old THEN $3::jsonb END, $1, 1, 200, 210, at, $2
    FROM figure`;

const BLOCKS = `
  INSERT INTO prediction_block (run_id, shard, first_sample, sample_count, class_count, kind, logits, loss_sum)
  SELECT run, 0, 0, 10000, 10, 'logits', $2, 30000 * error FROM figure ORDER BY i DESC LIMIT $1`;

/** The champion changes every few days; 49 other names change as often. */
const ALIASES = `
  INSERT INTO checkpoint_alias (id, alias, checkpoint_id, assigned_at, ended_at)
  SELECT md5('alias ' || i)::uuid, CASE WHEN i % 50 = 0 THEN 'champion' ELSE 'name-' || i % 50 END,
         md5('checkpoint ' || floor($1::int * i / 10000.0))::uuid,
         timestamptz '${HISTORY_BEGIN}' + i * interval '${HISTORY_DAYS} days' / 10000,
         CASE WHEN i < 9950 THEN timestamptz '${HISTORY_BEGIN}' + (i + 50) * interval '${HISTORY_DAYS} days' / 10000 END
    FROM generate_series(0, 9999) i`;

const PREPROCESSING = {
  scale: 1 / 255,
  mean: [0.286],
  std: [0.353],
  channelOrder: 'RGB',
  output: 'logits',
};
const FILLED = [
  'checkpoint',
  'checkpoint_alias',
  'dataset',
  'evaluation_run',
  'evaluation_result',
  'prediction_block',
];

/**
 * Fills the tables of a migrated, empty database; indexes are made again afterwards. A superuser's is quicker,
 * for its foreign keys are not checked.
 *
 * @param logits of one shard, the same for each run with predictions
 */
export function fillHistory(
  dataSource: DataSource,
  size: HistorySize,
  logits: Buffer,
): Promise<void> {
  return dataSource.transaction(async (manager) => {
    const [role] = await manager.query<{ all: boolean }[]>(
      `SELECT current_setting('is_superuser') = 'on' AS all`,
    );
    if (role?.all) await manager.query('SET LOCAL session_replication_role = replica');
    // What an index is sorted in: 64 MB at most would be spilled to disk a dozen times an index.
    await manager.query(`SET LOCAL maintenance_work_mem = '512MB'`);
    const rebuild = await dropIndexes(manager);
    await manager.query('SELECT setseed(0.42)');
    await manager.query(CHECKPOINTS, [size.checkpoints, PREPROCESSING]);
    await manager.query(ALIASES, [size.checkpoints]);
    await manager.query(DATASETS, [size.datasets]);
    await manager.query(DRAWS, [size.results, size.checkpoints, size.datasets]);
    await manager.query(FIGURES, [size.results, size.checkpoints]);
    await manager.query(RUNS);
    await manager.query(RESULTS, [confusionMatrix(), PREPROCESSING, intervals()]);
    await manager.query(BLOCKS, [size.runsWithPredictions, logits]);
    for (const statement of rebuild) await manager.query(statement);
    await manager.query('DROP TABLE draw, figure');
  });
}

/** What autovacuum does sooner or later: visible pages are marked, statistics are current. */
export async function settle(dataSource: DataSource): Promise<void> {
  for (const table of FILLED) await dataSource.query(`VACUUM (ANALYZE) ${table}`);
}

/** @returns the statements that make them again; keys stay */
async function dropIndexes(manager: EntityManager): Promise<string[]> {
  const found = await manager.query<{ name: string; definition: string }[]>(
    `SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
       FROM pg_index i
      WHERE i.indrelid = ANY ($1::regclass[]) AND NOT i.indisunique`,
    [FILLED],
  );
  for (const { name } of found) await manager.query(`DROP INDEX ${name}`);
  return found.map(({ definition }) => definition);
}

/** As many bytes as those of a result; what they say is the same in each. */
function intervals(): object {
  const bounds = Object.fromEntries(
    RESULT_METRICS.map((metric, i) => [metric, [Math.sqrt(i) / 7, Math.sqrt(i + 1) / 7]]),
  );
  return {
    wilson: { level: 0.95, bounds: { accuracy: [0.9126, 0.9234] } },
    bootstrap: { level: 0.95, resamples: 1000, seed: 42, stratified: false, bounds },
  };
}

function confusionMatrix(): number[][] {
  return Array.from({ length: 10 }, (_, row) =>
    Array.from({ length: 10 }, (_, column) => (row === column ? 910 : 10)),
  );
}
