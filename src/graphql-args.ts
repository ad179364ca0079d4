/** The arguments that the rooms' resolvers share. */
import { IsInt, IsUUID, Matches, Max, Min } from 'class-validator';
import { ArgsType, Field, ID, Int } from 'type-graphql';

/** Most items that one list may be asked for. */
const MAX_FIRST = 100;
/** Behind this the database would walk too many rows; a filter finds what lies deeper. */
const MAX_OFFSET = 100_000;

/** PostgreSQL's text holds every character but this one: a query with it would fail as a bug of ours. */
export const WithoutNul = () =>
  Matches(/^[^\0]*$/, { message: '$property must not hold the character NUL' });

@ArgsType()
export class FirstArgs {
  @Field(() => Int, { defaultValue: 20, description: `How many, at most ${MAX_FIRST}.` })
  @IsInt()
  @Min(1)
  @Max(MAX_FIRST)
  first!: number;
}

@ArgsType()
export class ListArgs extends FirstArgs {
  @Field(() => Int, { defaultValue: 0, description: 'How many to pass over.' })
  @IsInt()
  @Min(0)
  @Max(MAX_OFFSET)
  offset!: number;
}

@ArgsType()
export class IdArgs {
  @Field(() => ID)
  @IsUUID()
  id!: string;
}
