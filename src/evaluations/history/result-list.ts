/** Finds pages of results by any filter and order. */
import type { DataSource, EntityManager } from 'typeorm';
import type { Connection } from '../../pagination/connection';
import { keysetConnection } from '../../pagination/keyset-connection';
import type { ConnectionArgs } from '../../pagination/page';
import { SqlParameters } from '../../pagination/sql-parameters';
import { EvaluationResult } from '../evaluation-result.entity';
import type { EvaluationResultFilter } from './result-filter';
import { type EvaluationResultOrder, keysetOrder } from './result-order';
import { type ResultConditions, resultSource } from './result-source';

export class ResultList {
  private readonly manager: EntityManager;

  constructor({ manager }: DataSource) {
    this.manager = manager;
  }

  /** @throws UserError PAGE_AMBIGUOUS, INVALID_CURSOR */
  async page(
    filter: EvaluationResultFilter,
    order: EvaluationResultOrder,
    args: ConnectionArgs,
  ): Promise<Connection<EvaluationResult>> {
    const parameters = new SqlParameters();
    const source = resultSource(await this.conditionsOf(filter), order.by, parameters);
    return keysetConnection(
      this.manager,
      {
        entity: EvaluationResult,
        idProperty: 'runId',
        order: keysetOrder(order),
        source,
        parameters,
      },
      args,
    );
  }

  private async conditionsOf(filter: EvaluationResultFilter): Promise<ResultConditions> {
    const { checkpointId, checkpointDigest, checkpointAlias, ...conditions } = filter;
    if (checkpointDigest || checkpointAlias) {
      const checkpointIds = await this.checkpointIds(filter);
      return { ...conditions, checkpointIds };
    }
    return { ...conditions, ...(checkpointId && { checkpointIds: [checkpointId] }) };
  }

  /** The checkpoints that all given names stand for, perhaps none. */
  private async checkpointIds(names: EvaluationResultFilter): Promise<string[]> {
    const rows = await this.manager.query<{ id: string }[]>(
      `SELECT c.id FROM checkpoint c
        WHERE ($1::uuid IS NULL OR c.id = $1)
          AND ($2::text IS NULL OR c.digest = $2)
          AND ($3::text IS NULL OR c.id IN (SELECT a.checkpoint_id FROM checkpoint_alias a
                                             WHERE a.alias = $3 AND a.ended_at IS NULL))`,
      [names.checkpointId ?? null, names.checkpointDigest ?? null, names.checkpointAlias ?? null],
    );
    return rows.map(({ id }) => id);
  }
}
