/** A name that points to one checkpoint at a time, with the history of where it pointed. */
import { GraphQLDateTimeISO } from 'graphql-scalars';
import { Field, ObjectType } from 'type-graphql';
import { Column, Entity, Index, ManyToOne, PrimaryColumn } from 'typeorm';
import { Checkpoint } from './checkpoint.entity';

@Entity()
@ObjectType({ description: 'A time during which an alias meant a checkpoint.' })
@Index(['alias'], { unique: true, where: 'ended_at IS NULL' })
@Index(['alias', 'assignedAt'])
@Index(['checkpointId'])
export class CheckpointAlias {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Field(() => String)
  @Column({ type: 'varchar', length: 64 })
  alias!: string;

  @ManyToOne(() => Checkpoint, { nullable: false })
  checkpoint?: Checkpoint;

  @Column({ type: 'uuid' })
  checkpointId!: string;

  @Field(() => GraphQLDateTimeISO)
  @Column({ type: 'timestamptz' })
  assignedAt!: Date;

  @Field(() => GraphQLDateTimeISO, {
    nullable: true,
    description: 'When it moved on or was removed; null while it means this checkpoint.',
  })
  @Column({ type: 'timestamptz', nullable: true })
  endedAt!: Date | null;
}
