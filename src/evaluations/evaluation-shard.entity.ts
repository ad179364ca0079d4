/** A range of a run's samples: what one worker does at a time, and what it counted. */
import { Check, Column, Entity, Index, ManyToOne, PrimaryColumn } from 'typeorm';
import { bigCount } from '../database/column-types';
import { EvaluationRun } from './evaluation-run.entity';

export enum ShardState {
  QUEUED = 'QUEUED',
  RUNNING = 'RUNNING',
  SUCCEEDED = 'SUCCEEDED',
  FAILED = 'FAILED',
}

@Entity()
@Check('evaluation_shard_state_check', `state IN ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED')`)
@Index('evaluation_shard_open_idx', ['state'], { where: `state IN ('QUEUED', 'RUNNING')` })
export class EvaluationShard {
  @PrimaryColumn({ type: 'uuid' })
  runId!: string;

  /** Position in the split, from 0. */
  @PrimaryColumn({ type: 'integer' })
  shard!: number;

  @ManyToOne(() => EvaluationRun, { nullable: false })
  run?: EvaluationRun;

  @Column(bigCount)
  firstSample!: number;

  @Column({ type: 'integer' })
  sampleCount!: number;

  @Column({ type: 'varchar', length: 16 })
  state!: ShardState;

  /** With `jobId` it tells a worker that is late: every write of one asks for both. */
  @Column({ type: 'integer', default: 0 })
  attempt!: number;

  /** The only job that may start the shard; each time the shard is queued anew it gets another. */
  @Column({ type: 'uuid' })
  jobId!: string;

  @Column({ type: 'uuid', nullable: true })
  workerId!: string | null;

  /** How far the attempt under way is. */
  @Column({ type: 'integer', default: 0 })
  samplesDone!: number;

  @Column({ type: 'text', nullable: true })
  failureCode!: string | null;

  @Column({ type: 'text', nullable: true })
  failureMessage!: string | null;

  @Column({ type: 'integer', array: true, nullable: true })
  confusionMatrix!: number[][] | null;

  @Column({ type: 'double precision', nullable: true })
  lossSum!: number | null;

  @Column({ type: 'varchar', length: 32, nullable: true })
  backend!: string | null;

  @Column({ type: 'varchar', length: 64, nullable: true })
  backendVersion!: string | null;

  @Column({ type: 'double precision', nullable: true })
  loadMs!: number | null;

  @Column({ type: 'double precision', nullable: true })
  inferenceMs!: number | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  queuedAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  startedAt!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;
}
