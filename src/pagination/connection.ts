/** Relay's connections: a page of items with a cursor each, and whether there is more on either side. */
import { type ClassType, Field, ObjectType } from 'type-graphql';
import { DEFAULT_PAGE_SIZE, type Page } from './page';

@ObjectType({ description: 'Where a page lies in its list.' })
export class PageInfo {
  @Field(() => Boolean, {
    description:
      'Whether more comes behind this page. With "last": whether a cursor in "before" cut it off.',
  })
  hasNextPage!: boolean;

  @Field(() => Boolean, {
    description:
      'Whether more comes before this page. With "first": whether a cursor in "after" cut it off.',
  })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Of the first item; null on an empty page.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'Of the last item; null on an empty page.' })
  endCursor!: string | null;
}

export interface Edge<T> {
  cursor: string;
  node: T;
}

export interface Connection<T> {
  edges: Edge<T>[];
  nodes: T[];
  pageInfo: PageInfo;
}

interface CostArgs {
  args: { first?: number | null; last?: number | null };
  childComplexity: number;
}

/** The page's size is counted once, at the connection: `edges` and `nodes` below it multiply no more. */
export const costOfPage = ({ childComplexity }: { childComplexity: number }) => 1 + childComplexity;

/** What a field that answers with a connection costs: option `complexity` of its `@Query`. */
export const costOfConnection = ({ args, childComplexity }: CostArgs): number =>
  1 + Math.max(1, args.first ?? args.last ?? DEFAULT_PAGE_SIZE) * childComplexity;

/**
 * GraphQL's types `<name>Connection` and `<name>Edge`.
 *
 * @param node the items' type
 * @returns the connection's class; what resolvers return is a plain `Connection`
 */
export function connectionType<T extends object>(
  node: () => ClassType<T>,
  name: string,
): ClassType<Connection<T>> {
  @ObjectType(`${name}Edge`)
  class TypedEdge implements Edge<T> {
    @Field(() => String)
    cursor!: string;

    @Field(node)
    node!: T;
  }

  @ObjectType(`${name}Connection`)
  class TypedConnection implements Connection<T> {
    @Field(() => [TypedEdge], { complexity: costOfPage })
    edges!: TypedEdge[];

    @Field(() => [node()], { complexity: costOfPage, description: 'The edges without cursors.' })
    nodes!: T[];

    @Field(() => PageInfo)
    pageInfo!: PageInfo;
  }
  return TypedConnection;
}

/**
 * The page as GraphQL shows it.
 *
 * @param found what was found in the page's direction (from the end where it goes backward), one more than its
 *   size where there is more
 * @param cursorOf an item's cursor
 */
export function connectionOf<T>(
  found: readonly T[],
  page: Page,
  cursorOf: (item: T) => string,
): Connection<T> {
  const more = found.length > page.size;
  const kept = found.slice(0, page.size);
  const edges = (page.backward ? kept.reverse() : kept).map((node) => ({
    cursor: cursorOf(node),
    node,
  }));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: page.backward ? page.before !== undefined : more,
      hasPreviousPage: page.backward ? more : page.after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
