/** What a succeeded run found. Written once: the database itself refuses an UPDATE. */
import { GraphQLDateTimeISO } from 'graphql-scalars';
import { Field, Float, Int, ObjectType } from 'type-graphql';
import {
  Column,
  CreateDateColumn,
  Entity,
  JoinColumn,
  ManyToOne,
  OneToOne,
  PrimaryColumn,
} from 'typeorm';
import { Checkpoint } from '../checkpoints/checkpoint.entity';
import type { Preprocessing } from '../checkpoints/preprocessing';
import { CheckpointPreprocessing } from '../checkpoints/preprocessing-fields';
import { bigCount, sha256Hex } from '../database/column-types';
import { Dataset } from '../datasets/dataset.entity';
import type { EngineName } from '../inference/engine';
import { EngineEnum, EvaluationRun } from './evaluation-run.entity';
import { IndexedResults } from './history/result-indexes';
import type { StoredIntervals } from './scores/stored-intervals';
import type { StoredBin } from './scores/run-scores';

const ratio = { type: 'double precision' } as const;
/** Null where it is undefined, in results from before it was stored, and, if outputs are needed, in huge runs. */
const scored = { type: 'double precision', nullable: true } as const;

@Entity()
@ObjectType({ description: 'What a succeeded run found; never changed afterwards.' })
@IndexedResults
export class EvaluationResult {
  /** A run has one result, so the run's id is the result's: one key, which can also distribute the table. */
  @PrimaryColumn({ type: 'uuid' })
  runId!: string;

  @OneToOne(() => EvaluationRun, { nullable: false })
  @JoinColumn()
  run?: EvaluationRun;

  @ManyToOne(() => Checkpoint, { nullable: false })
  checkpoint?: Checkpoint;

  @Column({ type: 'uuid' })
  checkpointId!: string;

  @ManyToOne(() => Dataset, { nullable: false })
  dataset?: Dataset;

  @Column({ type: 'uuid' })
  datasetId!: string;

  @Field(() => String, { description: 'SHA-256 of the checkpoint that was evaluated.' })
  @Column(sha256Hex)
  checkpointDigest!: string;

  @Field(() => String, {
    description:
      'SHA-256 of the split that was evaluated; of a corrupted one, of the digest and the recipe that it is made by.',
  })
  @Column(sha256Hex)
  dataDigest!: string;

  @Field(() => CheckpointPreprocessing, {
    description: 'How pixels became inputs and what the outputs were.',
  })
  @Column({ type: 'jsonb' })
  preprocessing!: Preprocessing;

  @Field(() => String)
  @Column({ type: 'text' })
  split!: string;

  @Field(() => EngineEnum)
  @Column({ type: 'varchar', length: 16 })
  engine!: EngineName;

  @Field(() => String, { description: 'What really ran: onnxruntime, tensorflow or wasm.' })
  @Column({ type: 'varchar', length: 32 })
  backend!: string;

  @Field(() => String)
  @Column({ type: 'varchar', length: 64 })
  backendVersion!: string;

  @Field(() => Int)
  @Column(bigCount)
  sampleCount!: number;

  @Field(() => Int)
  @Column({ type: 'integer' })
  classCount!: number;

  @Field(() => Float, { description: 'Mean cross-entropy in nats.' })
  @Column(ratio)
  loss!: number;

  @Field(() => Float)
  @Column(ratio)
  accuracy!: number;

  @Field(() => Float, { description: 'Mean recall of the classes that occur.' })
  @Column(ratio)
  balancedAccuracy!: number;

  @Field(() => Float)
  @Column(ratio)
  macroPrecision!: number;

  @Field(() => Float)
  @Column(ratio)
  macroRecall!: number;

  @Field(() => Float)
  @Column(ratio)
  macroF1!: number;

  @Field(() => Float)
  @Column(ratio)
  microF1!: number;

  @Field(() => Float)
  @Column(ratio)
  weightedPrecision!: number;

  @Field(() => Float)
  @Column(ratio)
  weightedRecall!: number;

  @Field(() => Float)
  @Column(ratio)
  weightedF1!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Share whose true class is among the two best; null for two classes.',
  })
  @Column(scored)
  top2Accuracy!: number | null;

  @Field(() => Float, { nullable: true, description: 'Null for up to three classes.' })
  @Column(scored)
  top3Accuracy!: number | null;

  @Field(() => Float, { nullable: true, description: 'Null for up to five classes.' })
  @Column(scored)
  top5Accuracy!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Null where one class holds all labels and predictions.',
  })
  @Column(scored)
  cohenKappa!: number | null;

  @Field(() => Float, { nullable: true, description: "Gorodkin's R_K; −1 to 1." })
  @Column(scored)
  matthewsCorrcoef!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Mean over the classes that occur, each against the rest.',
  })
  @Column(scored)
  rocAucMacro!: number | null;

  @Field(() => Float, { nullable: true, description: 'Classes weigh as much as their support.' })
  @Column(scored)
  rocAucWeighted!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Mean over the classes that occur, each against the rest.',
  })
  @Column(scored)
  averagePrecisionMacro!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Mean squared distance of the probabilities from the truth; 0 to 2.',
  })
  @Column(scored)
  brierScore!: number | null;

  @Field(() => Float, { nullable: true, description: 'Over 15 bins of equal width; 0 to 1.' })
  @Column(scored)
  expectedCalibrationError!: number | null;

  /** By class index; null for a class without samples, or with all. */
  @Column({ ...scored, array: true })
  classRocAuc!: (number | null)[] | null;

  @Column({ ...scored, array: true })
  classAveragePrecision!: (number | null)[] | null;

  /** The bins of the calibration error, of equal width. */
  @Column({ type: 'jsonb', nullable: true })
  reliability!: StoredBin[] | null;

  @Column({ type: 'jsonb', nullable: true })
  intervals!: StoredIntervals | null;

  /** Sum of the loss over all samples: with the counts below it is all that the report derives from. */
  @Column(ratio)
  lossSum!: number;

  /** K×K counts, rows true, columns predicted. */
  @Column({ type: 'integer', array: true })
  confusionMatrix!: number[][];

  @Field(() => Float, {
    description: 'Time to make the model ready, in milliseconds; 0 when it was.',
  })
  @Column(ratio)
  loadMs!: number;

  @Field(() => Float, { description: 'Time of all batches, in milliseconds.' })
  @Column(ratio)
  inferenceMs!: number;

  @Field(() => Float, {
    description: 'From the start of the run until its result, in milliseconds.',
  })
  @Column(ratio)
  totalMs!: number;

  @Field(() => GraphQLDateTimeISO)
  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}
