/** The newest rows that belong to each of many checkpoints, as loaders ask for them. */
import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';

export interface FirstOfCheckpoint {
  checkpointId: string;
  first: number;
}

/** A loader's key: equal questions are one. */
export const firstOfCheckpointKey = ({ checkpointId, first }: FirstOfCheckpoint): string =>
  `${checkpointId} ${first}`;

/**
 * One statement whatever the number of checkpoints, and no more rows than are asked for.
 *
 * @param entity with `createdAt`
 * @param names its properties that hold the row's id and that of the checkpoint it belongs to
 * @returns by key the newest rows, the newest first
 */
export async function newestOfCheckpoints<T extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  names: { id: keyof T & string; checkpointId: keyof T & string },
  keys: readonly FirstOfCheckpoint[],
): Promise<T[][]> {
  const { tablePath, columns } = manager.dataSource.getMetadata(entity);
  const columnOf = (property: string): string => {
    const column = columns.find(({ propertyName }) => propertyName === property);
    if (!column) throw new TypeError(`${tablePath} has no property ${property}`);
    return column.databaseName;
  };
  const [id, owner, createdAt] = [names.id, names.checkpointId, 'createdAt'].map(columnOf);
  const found = await manager
    .createQueryBuilder(entity, 'one')
    .where(
      `one.${names.id} IN (
         SELECT newest.id FROM unnest(CAST(:ids AS uuid[]), CAST(:sizes AS integer[])) AS wanted(id, size)
          CROSS JOIN LATERAL (SELECT r.${id} AS id FROM ${tablePath} r WHERE r.${owner} = wanted.id
                               ORDER BY r.${createdAt} DESC, r.${id} DESC LIMIT wanted.size) newest)`,
      {
        ids: keys.map(({ checkpointId }) => checkpointId),
        sizes: keys.map(({ first }) => first),
      },
    )
    .orderBy('one.createdAt', 'DESC')
    .addOrderBy(`one.${names.id}`, 'DESC')
    .getMany();
  return keys.map(({ checkpointId, first }) =>
    found.filter((row) => row[names.checkpointId] === checkpointId).slice(0, first),
  );
}
