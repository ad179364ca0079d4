/** A schema with every kind of field and failure that the edge must handle; its resolvers do no work. */
import { IsInt, Max, MaxLength, Min, MinLength, ValidateNested } from 'class-validator';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import {
  Arg,
  buildSchema,
  Ctx,
  Field,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  registerEnumType,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import { OperationalError, UserError } from '../../../src/errors';

export interface EdgeContext {
  requestId: string;
  transport: string;
  /** Tells contexts apart. */
  serial: number;
}

export const SECRETS = {
  sql: 'select password from users where id = 42',
  path: '/home/someone/private/file.bin',
  host: 'db.internal.example:5432',
};

enum Colour {
  RED = 'red',
  GREEN = 'green',
}
registerEnumType(Colour, { name: 'Colour' });

@ObjectType()
class Item {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
  @Field(() => Item) parent!: Item;
  @Field(() => [Item]) children(
    @Arg('first', () => Int, { defaultValue: 2 }) first: number,
  ): Item[] {
    return Array.from({ length: first }, (_, index) => makeItem(`${this.id}.${index}`));
  }
  @Field(() => [Item]) siblings!: Item[];
  @Field(() => Int, { complexity: 500 }) dear!: number;
  @Field(() => Int, { complexity: () => -1_000_000 }) negative!: number;
}

function makeItem(id: string): Item {
  return Object.assign(new Item(), { id, name: `item ${id}`, dear: 1, negative: 1 });
}

@InputType()
class PartInput {
  @Field(() => Int) @IsInt() @Min(1) @Max(9) count!: number;
}

@InputType()
class ItemInput {
  @Field(() => String) @MinLength(3) @MaxLength(20) name!: string;
  @Field(() => [PartInput]) @ValidateNested({ each: true }) parts!: PartInput[];
}

/** Sources of subscriptions, for tests to push into and to see whether they were closed. */
export class TickSource {
  closed = false;
  private waiting: ((result: IteratorResult<number>) => void)[] = [];

  get isAwaited(): boolean {
    return this.waiting.length > 0;
  }

  push(value: number): void {
    this.waiting.shift()?.({ done: false, value });
  }

  [Symbol.asyncIterator](): AsyncIterator<number> {
    return {
      next: () =>
        new Promise((resolve) => {
          this.waiting.push(resolve);
        }),
      return: () => {
        this.closed = true;
        for (const resolve of this.waiting) resolve({ done: true, value: undefined });
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }
}

export const tickSources: TickSource[] = [];
let executions = 0;
export const mutationCount = (): number => executions;

@Resolver(() => Item)
class EdgeResolver {
  @Query(() => String) hello(@Arg('name', () => String, { nullable: true }) name?: string): string {
    return `hello ${name ?? 'world'}`;
  }
  @Query(() => String) contextId(@Ctx() { requestId }: EdgeContext): string {
    return requestId;
  }
  @Query(() => Item) item(@Arg('id', () => ID) id: string): Item {
    return makeItem(id);
  }
  @Query(() => [Item]) items(@Arg('first', () => Int, { defaultValue: 10 }) first: number): Item[] {
    return Array.from({ length: Math.min(first, 100) }, (_, index) => makeItem(String(index)));
  }
  @Query(() => String) async slow(@Arg('ms', () => Int) ms: number): Promise<string> {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return 'done';
  }
  @Query(() => String, { nullable: true }) userFailure(): string {
    throw new UserError('THING_UNKNOWN', 'There is no such thing.', { details: { thing: 'x' } });
  }
  @Query(() => String, { nullable: true }) operationalFailure(): string {
    throw new OperationalError('DISK_FULL', 'The disk is full. Free some space.', {
      cause: new Error(SECRETS.path),
    });
  }
  @Query(() => String, { nullable: true }) bug(): string {
    const error = new Error(`syntax error in ${SECRETS.sql} at ${SECRETS.path} on ${SECRETS.host}`);
    throw Object.assign(error, { query: SECRETS.sql, driverError: { host: SECRETS.host } });
  }
  @Query(() => String, { nullable: true }) thrownString(): string {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- a library may do so
    throw SECRETS.sql;
  }
  @Query(() => String, { nullable: true }) uncodedGraphQLError(): string {
    throw new GraphQLError(SECRETS.sql);
  }
  @Query(() => Colour, { nullable: true }) badEnum(): string {
    return SECRETS.path;
  }
  @Query(() => String) nullInNonNull(): string | null {
    return null;
  }
  @Mutation(() => String) createItem(@Arg('input', () => ItemInput) input: ItemInput): string {
    executions += 1;
    return input.name;
  }
  @Subscription(() => String, { topics: 'TICK' })
  ticks(@Root() value: number, @Ctx() { serial }: EdgeContext): string {
    if (value < 0) throw new Error(SECRETS.sql);
    return `${value} in context ${serial}`;
  }
  @Subscription(() => String, {
    subscribe: () => {
      throw new Error(SECRETS.sql);
    },
  })
  neverStarts(): string {
    return '';
  }
}

let schema: Promise<GraphQLSchema> | undefined;

export function edgeSchema(): Promise<GraphQLSchema> {
  schema ??= buildSchema({
    resolvers: [EdgeResolver],
    orphanedTypes: [Item],
    pubSub: {
      publish: (_topic: string, value: number) => {
        for (const source of tickSources) source.push(value);
      },
      subscribe: () => {
        const source = new TickSource();
        tickSources.push(source);
        return source;
      },
    },
    validate: {
      skipMissingProperties: false,
      validationError: { target: false, value: false },
    },
  });
  return schema;
}
