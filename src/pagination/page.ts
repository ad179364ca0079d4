/** The arguments of a connection, and the one page that they ask for. */
import { IsInt, IsOptional, Max, MaxLength, Min } from 'class-validator';
import { ArgsType, Field, Int } from 'type-graphql';
import { UserError } from '../errors';

export const DEFAULT_PAGE_SIZE = 20;
export const MAX_PAGE_SIZE = 100;
/** Longer than any cursor that was given out. */
const MAX_CURSOR_LENGTH = 500;

@ArgsType()
export class ConnectionArgs {
  @Field(() => Int, {
    nullable: true,
    description: `How many from the beginning, or behind "after": 1 to ${MAX_PAGE_SIZE}, ${DEFAULT_PAGE_SIZE} where neither this nor "last" is given.`,
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE_SIZE)
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'Only what comes behind this cursor.' })
  @IsOptional()
  @MaxLength(MAX_CURSOR_LENGTH)
  after?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: `How many from the end, or before "before": 1 to ${MAX_PAGE_SIZE}, instead of "first".`,
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE_SIZE)
  last?: number | null;

  @Field(() => String, { nullable: true, description: 'Only what comes before this cursor.' })
  @IsOptional()
  @MaxLength(MAX_CURSOR_LENGTH)
  before?: string | null;
}

/** One page: `size` items from the beginning, or from the end, of what lies between the cursors. */
export interface Page {
  size: number;
  /** From the end; the items keep the order of the list all the same. */
  backward: boolean;
  after?: string;
  before?: string;
}

/** @throws UserError PAGE_AMBIGUOUS where both ends are asked for */
export function pageOf({ first, after, last, before }: ConnectionArgs): Page {
  if (isGiven(first) && isGiven(last)) {
    throw new UserError(
      'PAGE_AMBIGUOUS',
      'a page has either "first" or "last": leave one of them out',
    );
  }
  return {
    size: first ?? last ?? DEFAULT_PAGE_SIZE,
    backward: isGiven(last),
    ...(isGiven(after) && { after }),
    ...(isGiven(before) && { before }),
  };
}

/** GraphQL's null means here what leaving it out means. */
function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
