/** Which result an alias had over time, such as the champion's accuracy from one champion to the next. */
import { type DataSource, type EntityManager, In } from 'typeorm';
import { GraphQLDateTimeISO } from 'graphql-scalars';
import { Field, ObjectType } from 'type-graphql';
import { EvaluationResult } from '../evaluation-result.entity';

@ObjectType({
  description: 'A time during which an alias meant a checkpoint, by its newest result.',
})
export class AliasHistoryEntry {
  @Field(() => String)
  alias!: string;

  @Field(() => EvaluationResult)
  result!: EvaluationResult;

  @Field(() => GraphQLDateTimeISO)
  assignedAt!: Date;

  @Field(() => GraphQLDateTimeISO, {
    nullable: true,
    description: 'When it moved on or was removed; null while it means this checkpoint.',
  })
  endedAt!: Date | null;
}

export interface AliasHistoryQuery {
  alias: string;
  datasetId: string;
  split: string;
  first: number;
}

/** Parameters: alias, dataset, split, number of entries. The newest first. */
export const ALIAS_HISTORY_SQL = `
  SELECT a.assigned_at AS "assignedAt", a.ended_at AS "endedAt", newest.run_id AS "runId"
    FROM (SELECT * FROM checkpoint_alias WHERE alias = $1 ORDER BY assigned_at DESC) a
   CROSS JOIN LATERAL (
     SELECT r.run_id FROM evaluation_result r
      WHERE r.checkpoint_id = a.checkpoint_id AND r.dataset_id = $2 AND r.split = $3
      ORDER BY r.created_at DESC, r.run_id DESC LIMIT 1) newest
   ORDER BY a.assigned_at DESC LIMIT $4`;

interface Row {
  runId: string;
  assignedAt: Date;
  endedAt: Date | null;
}

export class AliasHistory {
  private readonly manager: EntityManager;

  constructor({ manager }: DataSource) {
    this.manager = manager;
  }

  /** The last ones, oldest first; a checkpoint without a result on the split is left out. */
  async entries({
    alias,
    datasetId,
    split,
    first,
  }: AliasHistoryQuery): Promise<AliasHistoryEntry[]> {
    const rows = await this.manager.query<Row[]>(ALIAS_HISTORY_SQL, [
      alias,
      datasetId,
      split,
      first,
    ]);
    const ids = In(rows.map(({ runId }) => runId));
    const results = await this.manager.findBy(EvaluationResult, { runId: ids });
    const byId = new Map(results.map((result) => [result.runId, result]));
    return rows.reverse().flatMap(({ runId, assignedAt, endedAt }) => {
      const result = byId.get(runId);
      return result ? [{ alias, result, assignedAt, endedAt }] : [];
    });
  }
}
