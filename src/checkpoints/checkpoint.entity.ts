/** A file of weights, known by its SHA-256. */
import { GraphQLDateTimeISO, GraphQLJSONObject, GraphQLSafeInt } from 'graphql-scalars';
import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, CreateDateColumn, Entity, Index, ManyToOne, PrimaryColumn } from 'typeorm';
import { bigCount, sha256Hex } from '../database/column-types';
import type { CheckpointFormat } from './formats/checkpoint-files';
import type { Preprocessing } from './preprocessing';
import { CheckpointPreprocessing } from './preprocessing-fields';

/** The formats under GraphQL's names; the values are what the database holds. */
export const CheckpointFormatEnum = {
  TFJS_LAYERS: 'tfjs-layers',
  TFJS_GRAPH: 'tfjs-graph',
  ONNX: 'onnx',
  PYTORCH_STATE_DICT: 'pytorch-state-dict',
  SAFETENSORS: 'safetensors',
} as const satisfies Record<string, CheckpointFormat>;
registerEnumType(CheckpointFormatEnum, { name: 'CheckpointFormat' });

@Entity()
@ObjectType({
  description: 'A file of weights, known by its SHA-256, and how its pixels are prepared.',
})
@Index(['digest', 'preprocessingDigest'], { unique: true })
@Index('checkpoint_created_at_idx', ['createdAt', 'id'])
@Index(['parentId'])
export class Checkpoint {
  @Field(() => ID)
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Field(() => String)
  @Column({ type: 'text' })
  name!: string;

  @Field(() => String, {
    description:
      'SHA-256 in hex of the file, or of the list of its files; the same content under the same preprocessing is one checkpoint.',
  })
  @Column(sha256Hex)
  digest!: string;

  @Field(() => CheckpointFormatEnum)
  @Column({ type: 'varchar', length: 32 })
  format!: CheckpointFormat;

  @Field(() => String)
  @Column({ type: 'text' })
  architecture!: string;

  @Field(() => Int, { description: 'Pixels.' })
  @Column({ type: 'integer' })
  inputHeight!: number;

  @Field(() => Int, { description: 'Pixels.' })
  @Column({ type: 'integer' })
  inputWidth!: number;

  @Field(() => Int)
  @Column({ type: 'integer' })
  inputChannels!: number;

  @Field(() => Int)
  @Column({ type: 'integer' })
  classCount!: number;

  @Field(() => GraphQLSafeInt)
  @Column(bigCount)
  parameterCount!: number;

  @Field(() => GraphQLSafeInt)
  @Column(bigCount)
  sizeBytes!: number;

  @Field(() => [String])
  @Column({ type: 'text', array: true, default: [] })
  tags!: string[];

  @Field(() => String, { description: 'What people wrote about it.' })
  @Column({ type: 'text', default: '' })
  notes!: string;

  @Field(() => CheckpointPreprocessing, {
    description: 'How pixels become inputs and what the outputs are; every evaluation uses it.',
  })
  @Column({ type: 'jsonb' })
  preprocessing!: Preprocessing;

  @Field(() => String, { description: 'SHA-256 in hex; with digest it identifies the checkpoint.' })
  @Column(sha256Hex)
  preprocessingDigest!: string;

  @Field(() => GraphQLJSONObject, {
    description: 'What the trainer wrote beside the weights (seed, epochs, …).',
  })
  @Column({ type: 'jsonb', default: {} })
  metadata!: object;

  @ManyToOne(() => Checkpoint, { nullable: true })
  parent?: Checkpoint | null;

  /** What it was made from. */
  @Column({ type: 'uuid', nullable: true })
  parentId!: string | null;

  @Field(() => GraphQLDateTimeISO)
  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  /** A column like others: what TypeORM hides by itself would vanish from the results that name it. */
  @Field(() => GraphQLDateTimeISO, {
    nullable: true,
    description: 'Since when it is hidden from lists and can not be evaluated.',
  })
  @Column({ type: 'timestamptz', nullable: true })
  deletedAt!: Date | null;
}
