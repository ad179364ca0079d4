/** The arguments that the rooms' resolvers share. */
import { IsInt, IsUUID, Max, Min } from 'class-validator';
import { ArgsType, Field, ID, Int } from 'type-graphql';

/** Most items that one list may be asked for. */
const MAX_FIRST = 100;
/** Behind this the database would walk too many rows; a filter finds what lies deeper. */
const MAX_OFFSET = 100_000;

@ArgsType()
export class ListArgs {
  @Field(() => Int, { defaultValue: 20, description: `How many, at most ${MAX_FIRST}.` })
  @IsInt()
  @Min(1)
  @Max(MAX_FIRST)
  first!: number;

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
