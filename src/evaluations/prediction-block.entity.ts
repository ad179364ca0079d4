/** A shard's raw outputs, packed: every prediction, probability, loss and metric derives from them. */
import { Check, Column, Entity, ManyToOne, PrimaryColumn } from 'typeorm';
import type { OutputKind } from '../checkpoints/preprocessing';
import { bigCount } from '../database/column-types';
import { EvaluationRun } from './evaluation-run.entity';

@Entity()
@Check('prediction_block_kind_check', `kind IN ('logits', 'probabilities')`)
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

  /** What the outputs below are. */
  @Column({ type: 'varchar', length: 16 })
  kind!: OutputKind;

  /** sampleCount × classCount raw outputs, row by row, as little-endian float32. */
  @Column({ type: 'bytea' })
  logits!: Buffer;

  @Column({ type: 'double precision' })
  lossSum!: number;
}
