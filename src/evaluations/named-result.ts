/** Finds the result that a person names in one word: by its id, or by an alias of its checkpoint. */
import type { EntityManager } from 'typeorm';
import type { CheckpointAliasService } from '../checkpoints/checkpoint-alias.service';
import { UserError } from '../errors';
import { looksLikeUuid } from '../uuid';
import { EvaluationResult } from './evaluation-result.entity';

/** An alias means its checkpoint's newest result on a dataset and split. */
export type ResultName = { resultId: string } | { alias: string };

export interface ResultPlace {
  /** Whichever of its versions. */
  datasetName: string;
  split: string;
}

/** What looks like an id is one: no alias may look like it. */
export function resultNamed(name: string): ResultName {
  return looksLikeUuid(name) ? { resultId: name } : { alias: name };
}

export class NamedResults {
  constructor(
    private readonly manager: EntityManager,
    private readonly aliases: Pick<CheckpointAliasService, 'resolve'>,
  ) {}

  /**
   * @param place of which an alias means the result; an id means its result wherever it is
   * @throws UserError RESULT_NOT_FOUND, ALIAS_NOT_FOUND, ALIAS_NOT_EVALUATED
   */
  async find(name: ResultName, place: ResultPlace): Promise<EvaluationResult> {
    if ('resultId' in name) return this.byId(name.resultId);
    const { alias } = name;
    const { datasetName, split } = place;
    const result = await this.newest((await this.aliases.resolve(alias)).id, place);
    if (result) return result;
    throw new UserError(
      'ALIAS_NOT_EVALUATED',
      `${alias} has no result on ${datasetName}, split ${split}: evaluate its checkpoint there first`,
      { details: { alias, dataset: datasetName, split } },
    );
  }

  /** @throws UserError RESULT_NOT_FOUND, also for what is no id at all */
  async byId(id: string): Promise<EvaluationResult> {
    const result = looksLikeUuid(id)
      ? await this.manager.findOneBy(EvaluationResult, { runId: id })
      : null;
    if (result) return result;
    throw resultNotFound(id);
  }

  private newest(
    checkpointId: string,
    { datasetName, split }: ResultPlace,
  ): Promise<EvaluationResult | null> {
    return this.manager
      .createQueryBuilder(EvaluationResult, 'result')
      .innerJoin('result.dataset', 'dataset')
      .where('result.checkpointId = :checkpointId', { checkpointId })
      .andWhere('dataset.name = :datasetName AND result.split = :split', { datasetName, split })
      .orderBy('result.createdAt', 'DESC')
      .addOrderBy('result.runId', 'DESC')
      .limit(1)
      .getOne();
  }
}

export function resultNotFound(id: string): UserError {
  return new UserError(
    'RESULT_NOT_FOUND',
    `there is no result ${id}; a result has its run's id once that has succeeded: the query "evaluationResults" ` +
      'and "assay results list" show those that are there',
    { details: { resultId: id } },
  );
}
