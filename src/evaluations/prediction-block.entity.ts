/** A shard's raw outputs, packed: every prediction, probability, loss and metric derives from them. */
import { Column, Entity, ManyToOne, PrimaryColumn } from 'typeorm';
import { bigCount } from '../database/column-types';
import { EvaluationRun } from './evaluation-run.entity';

@Entity()
export class PredictionBlock {
  @PrimaryColumn({ type: 'uuid' })
  runId!: string;

  /** Position of the shard in the split, from 0. */
  @PrimaryColumn({ type: 'integer' })
  shard!: number;

  @ManyToOne(() => EvaluationRun, { nullable: false })
  run?: EvaluationRun;

  @Column(bigCount)
  firstSample!: number;

  @Column({ type: 'integer' })
  sampleCount!: number;

  @Column({ type: 'integer' })
  classCount!: number;

  /** sampleCount × classCount logits, row by row, as little-endian float32. */
  @Column({ type: 'bytea' })
  logits!: Buffer;

  @Column({ type: 'double precision' })
  lossSum!: number;
}
