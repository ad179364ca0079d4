/** A file of weights, known by its SHA-256. */
import { GraphQLDateTimeISO, GraphQLJSONObject, GraphQLSafeInt } from 'graphql-scalars';
import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';
import { bigCount, sha256Hex } from '../database/column-types';
import type { CheckpointFormat } from './formats/checkpoint-files';

/** The formats under GraphQL's names; the values are what the database holds. */
export const CheckpointFormatEnum = {
  TFJS_LAYERS: 'tfjs-layers',
  ONNX: 'onnx',
  PYTORCH_STATE_DICT: 'pytorch-state-dict',
  SAFETENSORS: 'safetensors',
} as const satisfies Record<string, CheckpointFormat>;
registerEnumType(CheckpointFormatEnum, { name: 'CheckpointFormat' });

@Entity()
@ObjectType({ description: 'A file of weights, known by its SHA-256.' })
export class Checkpoint {
  @Field(() => ID)
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Field(() => String)
  @Column({ type: 'text' })
  name!: string;

  @Field(() => String, {
    description:
      'SHA-256 in hex of the file, or of the list of its files; the same content is one checkpoint.',
  })
  @Column(sha256Hex)
  @Index({ unique: true })
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

  @Field(() => GraphQLJSONObject, {
    description: 'What the trainer wrote beside the weights (seed, epochs, …).',
  })
  @Column({ type: 'jsonb', default: {} })
  metadata!: Record<string, unknown>;

  @Field(() => GraphQLDateTimeISO)
  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}
