/** Results keep the metrics that need raw outputs, and the intervals of all; those of before have nulls. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const SCALARS = [
  'top2_accuracy',
  'top3_accuracy',
  'top5_accuracy',
  'cohen_kappa',
  'matthews_corrcoef',
  'roc_auc_macro',
  'roc_auc_weighted',
  'average_precision_macro',
  'brier_score',
  'expected_calibration_error',
];
const CLASS_SCORES = ['class_roc_auc', 'class_average_precision'];
const DOCUMENTS = ['reliability', 'intervals'];

export class AddResultScores1795900000000 implements MigrationInterface {
  readonly name = 'AddResultScores1795900000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const column of SCALARS) await addColumn(runner, column, 'double precision');
    for (const column of CLASS_SCORES) await addColumn(runner, column, 'double precision[]');
    for (const column of DOCUMENTS) await addColumn(runner, column, 'jsonb');
    await runner.query(
      `ALTER TABLE "evaluation_run" ADD COLUMN "settling_attempt" integer NOT NULL DEFAULT 0`,
    );
    await runner.query(`ALTER TABLE "evaluation_run" ADD COLUMN "settling_worker_id" uuid`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "evaluation_run" DROP COLUMN "settling_worker_id"`);
    await runner.query(`ALTER TABLE "evaluation_run" DROP COLUMN "settling_attempt"`);
    for (const column of [...SCALARS, ...CLASS_SCORES, ...DOCUMENTS]) {
      await runner.query(`ALTER TABLE "evaluation_result" DROP COLUMN "${column}"`);
    }
  }
}

async function addColumn(runner: QueryRunner, column: string, type: string): Promise<void> {
  await runner.query(`ALTER TABLE "evaluation_result" ADD COLUMN "${column}" ${type}`);
}
