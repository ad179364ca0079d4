/** One request to evaluate a checkpoint on a split with an engine. */
import { GraphQLDateTimeISO } from 'graphql-scalars';
import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import {
  Check,
  Column,
  CreateDateColumn,
  Entity,
  Index,
  ManyToOne,
  PrimaryColumn,
  VirtualColumn,
} from 'typeorm';
import { Checkpoint } from '../checkpoints/checkpoint.entity';
import { bigCount, countTransformer } from '../database/column-types';
import { Dataset } from '../datasets/dataset.entity';
import type { EngineName } from '../inference/engine';

export enum RunState {
  QUEUED = 'QUEUED',
  RUNNING = 'RUNNING',
  SUCCEEDED = 'SUCCEEDED',
  FAILED = 'FAILED',
  CANCELLED = 'CANCELLED',
}
registerEnumType(RunState, {
  name: 'EvaluationRunState',
  description: 'QUEUED → RUNNING → SUCCEEDED | FAILED | CANCELLED',
});

/** The engines under GraphQL's names; the values are what the database holds. */
export const EngineEnum = { ONNX: 'onnx', TFJS: 'tfjs' } as const satisfies Record<
  string,
  EngineName
>;
registerEnumType(EngineEnum, {
  name: 'Engine',
  description: 'ONNX: onnxruntime. TFJS: TensorFlow where it is installed, else WebAssembly.',
});

@ObjectType('EvaluationRunFailure', { description: 'Why the run failed.' })
export class RunFailure {
  @Field(() => String, { description: 'A stable code.' })
  code!: string;

  @Field(() => String, { description: 'What went wrong and what to do next.' })
  message!: string;
}

@Entity()
@ObjectType({ description: 'One request to evaluate a checkpoint on a split with an engine.' })
@Check(
  'evaluation_run_state_check',
  `state IN ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')`,
)
@Index('evaluation_run_created_at_idx', ['createdAt', 'id'])
@Index('evaluation_run_finished_at_idx', ['finishedAt', 'id'])
@Index('evaluation_run_state_idx', ['state', 'createdAt', 'id'])
@Index('evaluation_run_checkpoint_idx', ['checkpointId', 'createdAt', 'id'])
@Index('evaluation_run_split_idx', ['datasetId', 'split', 'createdAt', 'id'])
export class EvaluationRun {
  @Field(() => ID)
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @ManyToOne(() => Checkpoint, { nullable: false })
  checkpoint?: Checkpoint;

  @Column({ type: 'uuid' })
  checkpointId!: string;

  @ManyToOne(() => Dataset, { nullable: false })
  dataset?: Dataset;

  @Column({ type: 'uuid' })
  datasetId!: string;

  @Field(() => String)
  @Column({ type: 'text' })
  split!: string;

  @Field(() => EngineEnum)
  @Column({ type: 'varchar', length: 16 })
  engine!: EngineName;

  @Field(() => Int)
  @Column({ type: 'integer' })
  batchSize!: number;

  @Field(() => RunState)
  @Column({ type: 'varchar', length: 16 })
  state!: RunState;

  @Field(() => Int, { description: 'How often the run was started; more than 1 after a crash.' })
  @Column({ type: 'integer', default: 0 })
  attempt!: number;

  /** How often somebody began to compute the result; more than 1 after a crash. */
  @Column({ type: 'integer', default: 0 })
  settlingAttempt!: number;

  /** Who computes the result; nobody where it is not a living worker. */
  @Column({ type: 'uuid', nullable: true })
  settlingWorkerId!: string | null;

  /** W3C trace context of the request that asked for the run; null where nobody traces. */
  @Column({ type: 'varchar', length: 55, nullable: true })
  traceparent!: string | null;

  @Column(bigCount)
  samplesTotal!: number;

  /** Of the shards that are done. */
  @Column({ ...bigCount, default: 0 })
  samplesDone!: number;

  /** Of the shards under way, as their workers last said. */
  @VirtualColumn({
    type: 'bigint',
    transformer: countTransformer,
    query: (run) =>
      `SELECT COALESCE(SUM(s.samples_done), 0) FROM evaluation_shard s WHERE s.run_id = ${run}.id AND s.state = 'RUNNING'`,
  })
  samplesUnderWay!: number;

  @Column({ type: 'text', nullable: true })
  failureCode!: string | null;

  @Column({ type: 'text', nullable: true })
  failureMessage!: string | null;

  @Field(() => GraphQLDateTimeISO)
  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @Field(() => GraphQLDateTimeISO, { nullable: true })
  @Column({ type: 'timestamptz', nullable: true })
  startedAt!: Date | null;

  @Field(() => GraphQLDateTimeISO, { nullable: true })
  @Column({ type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;
}
