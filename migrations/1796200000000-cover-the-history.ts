/**
 * A page of a split, or of a span of time, is filtered in its own index: without the filtered columns in it,
 * PostgreSQL prefers to walk the index of all results. Runs are exported by when they ended. Decision 0021.
 */
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

const LISTED = [
  'run_id',
  'created_at',
  'engine',
  'checkpoint_id',
  'dataset_id',
  'split',
  ...METRICS,
];

/** By name; what each begins with. All of them hold the columns of LISTED from now on, and ended in run_id. */
const LEADING: Record<string, string[]> = {
  ...Object.fromEntries(
    METRICS.map((metric) => [
      `evaluation_result_split_${metric}_idx`,
      ['dataset_id', 'split', metric],
    ]),
  ),
  evaluation_result_created_at_idx: ['created_at'],
};

export class CoverTheHistory1796200000000 implements MigrationInterface {
  readonly name = 'CoverTheHistory1796200000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, leading] of Object.entries(LEADING)) {
      await replaceIndex(runner, name, [...new Set([...leading, ...LISTED])]);
    }
    await runner.query(
      'CREATE INDEX "evaluation_run_finished_at_idx" ON "evaluation_run" ("finished_at", "id")',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX "evaluation_run_finished_at_idx"');
    for (const [name, leading] of Object.entries(LEADING)) {
      await replaceIndex(runner, name, [...leading, 'run_id']);
    }
  }
}

async function replaceIndex(runner: QueryRunner, name: string, columns: string[]): Promise<void> {
  const list = columns.map((column) => `"${column}"`).join(', ');
  await runner.query(`DROP INDEX "${name}"`);
  await runner.query(`CREATE INDEX "${name}" ON "evaluation_result" (${list})`);
}
