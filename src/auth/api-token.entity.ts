/** What is kept of a token: everything but the token. */
import { GraphQLDateTimeISO } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { sha256Hex } from '../database/column-types';
import { type Role, RoleEnum } from './role';

@Entity()
@ObjectType({
  description: 'What is kept of a token; the token itself is shown once, when it is made.',
})
@Index(['tokenHash'], { unique: true })
@Check('api_token_role_check', `role IN ('viewer', 'runner', 'worker', 'admin')`)
export class ApiToken {
  @Field(() => ID)
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Field(() => String, { description: 'Whose it is or what it is for.' })
  @Column({ type: 'varchar', length: 100 })
  name!: string;

  /** No field of GraphQL's, though of no use to anybody but us. */
  @Column(sha256Hex)
  tokenHash!: string;

  @Field(() => RoleEnum)
  @Column({ type: 'varchar', length: 16 })
  role!: Role;

  @Field(() => GraphQLDateTimeISO)
  @Column({ type: 'timestamptz' })
  createdAt!: Date;

  @Field(() => GraphQLDateTimeISO, { nullable: true, description: 'Null: never.' })
  @Column({ type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;

  @Field(() => GraphQLDateTimeISO, { nullable: true })
  @Column({ type: 'timestamptz', nullable: true })
  revokedAt!: Date | null;

  @Field(() => GraphQLDateTimeISO, { nullable: true, description: 'To some minutes.' })
  @Column({ type: 'timestamptz', nullable: true })
  lastUsedAt!: Date | null;
}
