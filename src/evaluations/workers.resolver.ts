/** Over GraphQL: who evaluates at present, and what waits. */
import { GraphQLDateTimeISO } from 'graphql-scalars';
import { Authorized, Field, Float, ID, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { EngineName } from '../inference/engine';
import { EngineEnum } from './evaluation-run.entity';
import type { WorkerRegistry } from './worker-registry';

@ObjectType({ description: 'A shard that a worker has in work.' })
export class WorkerShard {
  @Field(() => ID)
  runId!: string;

  @Field(() => Int)
  shard!: number;

  @Field(() => Int)
  samplesDone!: number;

  @Field(() => Int)
  sampleCount!: number;
}

@ObjectType('Worker', { description: 'A process that evaluates, heard of within seconds.' })
export class WorkerView {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  host!: string;

  @Field(() => Int)
  pid!: number;

  @Field(() => [EngineEnum])
  engines!: EngineName[];

  @Field(() => Int, { description: 'Shards that it takes at a time.' })
  concurrency!: number;

  @Field(() => String, { nullable: true, description: 'Of Assay; null of one that does not say.' })
  version!: string | null;

  @Field(() => GraphQLDateTimeISO)
  startedAt!: Date;

  @Field(() => GraphQLDateTimeISO)
  heartbeatAt!: Date;

  @Field(() => [WorkerShard])
  shards!: WorkerShard[];
}

@ObjectType({ description: 'The shards of one engine that are not done.' })
export class EngineQueue {
  @Field(() => EngineEnum)
  engine!: EngineName;

  @Field(() => Int)
  waiting!: number;

  @Field(() => Int)
  running!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'How long the oldest one has waited; null where none waits.',
  })
  oldestSeconds!: number | null;
}

@Resolver()
export class WorkersResolver {
  constructor(private readonly registry: WorkerRegistry) {}

  @Authorized('viewer')
  @Query(() => [WorkerView], { description: 'Those that live, the oldest first.' })
  workers(): Promise<WorkerView[]> {
    return this.registry.alive();
  }

  @Authorized('viewer')
  @Query(() => [EngineQueue])
  queues(): Promise<EngineQueue[]> {
    return this.registry.queues();
  }
}
