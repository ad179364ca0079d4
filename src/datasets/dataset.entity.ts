/** A version of a named dataset that was evaluated or offered for it. */
import { GraphQLDateTimeISO } from 'graphql-scalars';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';
import { sha256Hex } from '../database/column-types';

@ObjectType({ description: 'A part of a dataset that a checkpoint is evaluated on.' })
export class DatasetSplit {
  @Field(() => String)
  name!: string;

  @Field(() => Int)
  sampleCount!: number;

  @Field(() => String, { description: 'SHA-256 over shape, class list, images and labels.' })
  digest!: string;
}

@Entity()
@ObjectType({ description: 'Images with labels: named, and versioned by digest.' })
@Index(['name', 'digest'], { unique: true })
export class Dataset {
  @Field(() => ID)
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Field(() => String)
  @Column({ type: 'text' })
  name!: string;

  @Field(() => String, { description: "SHA-256 over the splits' digests." })
  @Column(sha256Hex)
  digest!: string;

  @Field(() => [String], { description: 'Ordered: the position is the class index.' })
  @Column({ type: 'text', array: true })
  classNames!: string[];

  @Field(() => Int, { description: 'Pixels.' })
  @Column({ type: 'integer' })
  imageHeight!: number;

  @Field(() => Int, { description: 'Pixels.' })
  @Column({ type: 'integer' })
  imageWidth!: number;

  @Field(() => Int)
  @Column({ type: 'integer' })
  imageChannels!: number;

  @Field(() => [DatasetSplit])
  @Column({ type: 'jsonb' })
  splits!: DatasetSplit[];

  @Field(() => GraphQLDateTimeISO)
  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}
