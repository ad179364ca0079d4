/** A result with all that it says of itself: what each format of an export is made from. */
import type { EntityManager } from 'typeorm';
import { Checkpoint } from '../checkpoints/checkpoint.entity';
import { Dataset } from '../datasets/dataset.entity';
import { EvaluationResult } from '../evaluations/evaluation-result.entity';
import { EvaluationRun } from '../evaluations/evaluation-run.entity';
import { resultNotFound } from '../evaluations/named-result';
import { looksLikeUuid } from '../uuid';

export interface ExportedResult {
  result: EvaluationResult;
  run: EvaluationRun;
  checkpoint: Checkpoint;
  dataset: Dataset;
}

/** @throws UserError RESULT_NOT_FOUND */
export async function exportedResult(
  manager: EntityManager,
  resultId: string,
): Promise<ExportedResult> {
  const result = looksLikeUuid(resultId)
    ? await manager.findOneBy(EvaluationResult, { runId: resultId })
    : null;
  if (!result) throw resultNotFound(resultId);
  return {
    result,
    run: await manager.findOneByOrFail(EvaluationRun, { id: result.runId }),
    checkpoint: await manager.findOneByOrFail(Checkpoint, { id: result.checkpointId }),
    dataset: await manager.findOneByOrFail(Dataset, { id: result.datasetId }),
  };
}

/** The name of a class, or its index where the dataset's list is too short. */
export function classNameOf(classNames: readonly string[], classIndex: number): string {
  return classNames[classIndex] ?? String(classIndex);
}
