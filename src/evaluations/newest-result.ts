/** What a checkpoint was last found to be worth on a split. */
import type { EntityManager } from 'typeorm';
import { EvaluationResult } from './evaluation-result.entity';

export interface WhereEvaluated {
  checkpointId: string;
  /** Whichever of its versions. */
  datasetName: string;
  split: string;
}

/** @returns null where it has no result there */
export function newestResult(
  manager: EntityManager,
  { checkpointId, datasetName, split }: WhereEvaluated,
): Promise<EvaluationResult | null> {
  return manager
    .createQueryBuilder(EvaluationResult, 'result')
    .innerJoin('result.dataset', 'dataset')
    .where('result.checkpointId = :checkpointId', { checkpointId })
    .andWhere('dataset.name = :datasetName AND result.split = :split', { datasetName, split })
    .orderBy('result.createdAt', 'DESC')
    .addOrderBy('result.runId', 'DESC')
    .limit(1)
    .getOne();
}
