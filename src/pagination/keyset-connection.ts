/** Reads one page of a table as a connection, in two statements whatever its size. */
import { type EntityManager, type EntityTarget, In, type FindOptionsWhere } from 'typeorm';
import { type Connection, connectionOf } from './connection';
import type { Position } from './cursor';
import { type KeysetSource, keysetSql } from './keyset';
import { keysetCursor, type KeysetOrder } from './keyset-order';
import { type ConnectionArgs, pageOf } from './page';
import type { SqlParameters } from './sql-parameters';

export interface KeysetQuery<T> {
  entity: EntityTarget<T>;
  /** The property that holds the order's idColumn. */
  idProperty: keyof T & string;
  order: KeysetOrder;
  source: KeysetSource;
  /** Those that the source refers to. */
  parameters: SqlParameters;
}

/** @throws UserError PAGE_AMBIGUOUS, INVALID_CURSOR */
export async function keysetConnection<T extends object>(
  manager: EntityManager,
  { entity, idProperty, order, source, parameters }: KeysetQuery<T>,
  args: ConnectionArgs,
): Promise<Connection<T>> {
  const page = pageOf(args);
  const sql = keysetSql(order, page, source, parameters);
  const places = await manager.query<Position[]>(sql, parameters.values);
  const ids = places.map(({ id }) => id);
  const items = ids.length === 0 ? [] : await manager.findBy(entity, idIn<T>(idProperty, ids));
  const byId = new Map(items.map((item) => [item[idProperty] as string, item]));
  const found = places.flatMap((place) => {
    const item = byId.get(place.id);
    return item === undefined ? [] : [{ place, item }];
  });
  const { edges, pageInfo } = connectionOf(found, page, ({ place }) => keysetCursor(order, place));
  return {
    edges: edges.map(({ cursor, node }) => ({ cursor, node: node.item })),
    nodes: edges.map(({ node }) => node.item),
    pageInfo,
  };
}

function idIn<T extends object>(property: string, ids: string[]): FindOptionsWhere<T> {
  return { [property]: In(ids) } as FindOptionsWhere<T>;
}
