/** What was asked for under an idempotency key, and the run that answered it. */
import { Column, CreateDateColumn, Entity, ManyToOne, PrimaryColumn } from 'typeorm';
import { sha256Hex } from '../database/column-types';
import { EvaluationRun } from './evaluation-run.entity';

@Entity()
export class EvaluationRequest {
  @PrimaryColumn({ type: 'varchar', length: 200 })
  idempotencyKey!: string;

  /** Of the input as it was given: an alias may mean another checkpoint by now. */
  @Column(sha256Hex)
  inputDigest!: string;

  @ManyToOne(() => EvaluationRun, { nullable: false })
  run?: EvaluationRun;

  @Column({ type: 'uuid' })
  runId!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}
