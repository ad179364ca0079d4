/** The best result of each checkpoint on a split, the best checkpoint first. */
import { type DataSource, type EntityManager, In } from 'typeorm';
import { Field, Float, Int, ObjectType } from 'type-graphql';
import { EvaluationResult } from '../evaluation-result.entity';
import { lessIsBetter } from '../metric-direction';
import type { ResultMetric } from '../result-metric';
import { MetricBounds } from '../scores/score-fields';
import { boundsOf, intervalsOf } from '../scores/stored-intervals';
import { columnOf } from './result-order';

@ObjectType({ description: 'A checkpoint by its best result.' })
export class LeaderboardEntry {
  @Field(() => Int, {
    description: 'From 1; equal values share a rank, and the next one counts them all.',
  })
  rank!: number;

  @Field(() => EvaluationResult)
  result!: EvaluationResult;

  @Field(() => Float)
  value!: number;

  @Field(() => MetricBounds, {
    nullable: true,
    description: "Wilson's of a share, else the bootstrap's; null where none is stored.",
  })
  interval!: MetricBounds | null;

  @Field(() => Boolean, {
    description: "Whether its interval meets the first entry's, or its value is the same.",
  })
  tiedWithFirst!: boolean;
}

export interface LeaderboardQuery {
  datasetId: string;
  split: string;
  metric: ResultMetric;
  first: number;
}

export class Leaderboard {
  private readonly manager: EntityManager;

  constructor({ manager }: DataSource) {
    this.manager = manager;
  }

  /** Results without the metric, and those of deleted checkpoints, are left out. */
  async entries(query: LeaderboardQuery): Promise<LeaderboardEntry[]> {
    const { datasetId, split, metric, first } = query;
    const best = await this.manager.query<{ id: string }[]>(leaderboardSql(metric), [
      datasetId,
      split,
      first,
    ]);
    const ids = best.map(({ id }) => id);
    const found = await this.manager.findBy(EvaluationResult, { runId: In(ids) });
    const byId = new Map(found.map((result) => [result.runId, result]));
    return ranked(
      ids.flatMap((id) => byId.get(id) ?? []),
      metric,
    );
  }
}

/**
 * Goes down an index from a checkpoint's best result to the next result of a checkpoint not seen before.
 * Parameters: dataset, split, number of checkpoints.
 */
export function leaderboardSql(metric: ResultMetric): string {
  const column = `r.${columnOf(metric)}`;
  const [direction, behind] = lessIsBetter(metric) ? ['ASC', '>'] : ['DESC', '<'];
  const next = (seen: string, more: string) => `
    SELECT r.run_id, ${column} AS value, ${seen} || r.checkpoint_id AS seen FROM evaluation_result r
     WHERE r.dataset_id = $1 AND r.split = $2 AND ${column} IS NOT NULL
       AND (SELECT c.deleted_at IS NULL FROM checkpoint c WHERE c.id = r.checkpoint_id) ${more}
     ORDER BY ${column} ${direction}, r.run_id ${direction} LIMIT 1`;
  return `
    WITH RECURSIVE board AS (
      (${next('ARRAY[]::uuid[]', '')})
      UNION ALL
      SELECT n.run_id, n.value, n.seen FROM board b CROSS JOIN LATERAL (${next(
        'b.seen',
        `AND (${column}, r.run_id) ${behind} (b.value, b.run_id) AND r.checkpoint_id <> ALL (b.seen)`,
      )}) n
       WHERE cardinality(b.seen) < $3)
    SELECT run_id AS id FROM board ORDER BY cardinality(seen)`;
}

/** @param results the best first; each has the metric */
export function ranked(
  results: readonly EvaluationResult[],
  metric: ResultMetric,
): LeaderboardEntry[] {
  const values = results.map((result) => result[metric] ?? Number.NaN);
  const intervals = results.map((result) => intervalOf(result, metric));
  return results.map((result, i) => ({
    rank: values.indexOf(values[i] as number) + 1,
    result,
    value: values[i] as number,
    interval: intervals[i] ?? null,
    tiedWithFirst: values[i] === values[0] || overlap(intervals[i], intervals[0]),
  }));
}

/** A result from before intervals were stored has its counts, from which Wilson's follows. */
function intervalOf(result: EvaluationResult, metric: ResultMetric): MetricBounds | undefined {
  const bounds = boundsOf(result.intervals ?? intervalsOf(result, null), metric);
  return bounds && { lower: bounds[0], upper: bounds[1] };
}

function overlap(one: MetricBounds | undefined, other: MetricBounds | undefined): boolean {
  return (
    one !== undefined && other !== undefined && one.lower <= other.upper && other.lower <= one.upper
  );
}
