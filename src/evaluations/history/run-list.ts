/** Finds pages of runs, newest first. */
import { ArrayMaxSize, ArrayUnique, IsOptional, IsUUID, MaxLength } from 'class-validator';
import type { DataSource, EntityManager } from 'typeorm';
import { Field, ID, InputType } from 'type-graphql';
import { WithoutNul } from '../../graphql-args';
import type { Connection } from '../../pagination/connection';
import type { KeysetSource } from '../../pagination/keyset';
import { keysetConnection } from '../../pagination/keyset-connection';
import type { KeysetOrder } from '../../pagination/keyset-order';
import type { ConnectionArgs } from '../../pagination/page';
import { SqlParameters } from '../../pagination/sql-parameters';
import { EvaluationRun, RunState } from '../evaluation-run.entity';

@InputType({ description: 'Each one that is given narrows the list.' })
export class EvaluationRunFilter {
  @Field(() => [RunState], { nullable: true, description: 'Any of these.' })
  @IsOptional()
  @ArrayMaxSize(Object.keys(RunState).length)
  @ArrayUnique()
  states?: RunState[] | null;

  @Field(() => ID, { nullable: true })
  @IsOptional()
  @IsUUID()
  checkpointId?: string | null;

  @Field(() => ID, { nullable: true })
  @IsOptional()
  @IsUUID()
  datasetId?: string | null;

  @Field(() => String, { nullable: true })
  @IsOptional()
  @MaxLength(100)
  @WithoutNul()
  split?: string | null;
}

export const NEWEST_FIRST: KeysetOrder = {
  name: 'createdAt',
  column: 'r.created_at',
  kind: 'time',
  nullable: false,
  descending: true,
  idColumn: 'r.id',
};

export class RunList {
  private readonly manager: EntityManager;

  constructor({ manager }: DataSource) {
    this.manager = manager;
  }

  /** @throws UserError PAGE_AMBIGUOUS, INVALID_CURSOR */
  page(filter: EvaluationRunFilter, args: ConnectionArgs): Promise<Connection<EvaluationRun>> {
    const parameters = new SqlParameters();
    const source = runSource(filter, parameters);
    const query = {
      entity: EvaluationRun,
      idProperty: 'id',
      order: NEWEST_FIRST,
      source,
      parameters,
    } as const;
    return keysetConnection(this.manager, query, args);
  }
}

/** What narrows the most leads into an index; states alone are merged from one index each. */
export function runSource(filter: EvaluationRunFilter, parameters: SqlParameters): KeysetSource {
  const from = 'evaluation_run r';
  const is = (column: string, value: string | null | undefined) =>
    typeof value === 'string' ? [`r.${column} = ${parameters.add(value)}`] : [];
  const checkpoint = is('checkpoint_id', filter.checkpointId);
  const place = [...is('dataset_id', filter.datasetId), ...is('split', filter.split)];
  const states = filter.states ? `${parameters.add(filter.states)}::varchar[]` : undefined;
  if (states && checkpoint.length === 0 && place.length === 0) {
    return { from, where: ['r.state = one_state'], groups: `unnest(${states}) one_state` };
  }
  const ofStates = states ? [`r.state = ANY (${states})`] : [];
  if (checkpoint.length > 0) return { from, where: checkpoint, filter: [...place, ...ofStates] };
  if (place.length === 2) return { from, where: place, filter: ofStates };
  // The split's index begins with the dataset, and only PostgreSQL 18 skips through that by itself.
  const ofAny =
    typeof filter.split === 'string' ? ['r.dataset_id = ANY (ARRAY(SELECT id FROM dataset))'] : [];
  return { from, where: [], filter: [...ofAny, ...place, ...ofStates] };
}
