/** Pages of results, runs and checkpoints in any order come from indexes; decision 0021 has the reasons. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const METRICS = [
  'loss',
  'accuracy',
  'top2_accuracy',
  'top3_accuracy',
  'top5_accuracy',
  'balanced_accuracy',
  'macro_precision',
  'macro_recall',
  'macro_f1',
  'micro_f1',
  'weighted_precision',
  'weighted_recall',
  'weighted_f1',
  'cohen_kappa',
  'matthews_corrcoef',
  'roc_auc_macro',
  'roc_auc_weighted',
  'average_precision_macro',
  'brier_score',
  'expected_calibration_error',
];

/** All that a list is filtered and ordered by: an index that ends in these answers without the table. */
const LISTED = [
  'run_id',
  'created_at',
  'engine',
  'checkpoint_id',
  'dataset_id',
  'split',
  ...METRICS,
];
const covering = (...leading: string[]) => [...new Set([...leading, ...LISTED])];

/** By name; the columns in their order. */
const NEW_INDEXES: Record<string, [table: string, columns: string[]]> = {
  ...Object.fromEntries(
    METRICS.flatMap((metric) => [
      [`evaluation_result_${metric}_idx`, ['evaluation_result', covering(metric)]],
      [
        `evaluation_result_split_${metric}_idx`,
        ['evaluation_result', ['dataset_id', 'split', metric, 'run_id']],
      ],
    ]),
  ),
  evaluation_result_created_at_idx: ['evaluation_result', ['created_at', 'run_id']],
  evaluation_result_engine_idx: ['evaluation_result', ['engine', 'created_at', 'run_id']],
  evaluation_result_split_idx: ['evaluation_result', covering('dataset_id', 'split', 'created_at')],
  evaluation_result_checkpoint_idx: ['evaluation_result', covering('checkpoint_id', 'created_at')],
  evaluation_run_created_at_idx: ['evaluation_run', ['created_at', 'id']],
  evaluation_run_state_idx: ['evaluation_run', ['state', 'created_at', 'id']],
  evaluation_run_checkpoint_idx: ['evaluation_run', ['checkpoint_id', 'created_at', 'id']],
  evaluation_run_split_idx: ['evaluation_run', ['dataset_id', 'split', 'created_at', 'id']],
  checkpoint_created_at_idx: ['checkpoint', ['created_at', 'id']],
};

const OLD_INDEXES: typeof NEW_INDEXES = {
  evaluation_result_checkpoint_id_created_at_idx: [
    'evaluation_result',
    ['checkpoint_id', 'created_at'],
  ],
  evaluation_result_created_at_idx: ['evaluation_result', ['created_at']],
  evaluation_result_dataset_id_split_accuracy_idx: [
    'evaluation_result',
    ['dataset_id', 'split', 'accuracy'],
  ],
  evaluation_result_dataset_id_split_macro_f1_idx: [
    'evaluation_result',
    ['dataset_id', 'split', 'macro_f1'],
  ],
  evaluation_run_created_at_idx: ['evaluation_run', ['created_at']],
  evaluation_run_state_idx: ['evaluation_run', ['state']],
};

export class IndexTheHistory1796000000000 implements MigrationInterface {
  readonly name = 'IndexTheHistory1796000000000';

  async up(runner: QueryRunner): Promise<void> {
    await exchange(runner, OLD_INDEXES, NEW_INDEXES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await exchange(runner, NEW_INDEXES, OLD_INDEXES);
  }
}

async function exchange(
  runner: QueryRunner,
  from: typeof NEW_INDEXES,
  to: typeof NEW_INDEXES,
): Promise<void> {
  for (const name of Object.keys(from)) await runner.query(`DROP INDEX "${name}"`);
  for (const [name, [table, columns]] of Object.entries(to)) {
    const list = columns.map((column) => `"${column}"`).join(', ');
    await runner.query(`CREATE INDEX "${name}" ON "${table}" (${list})`);
  }
}
