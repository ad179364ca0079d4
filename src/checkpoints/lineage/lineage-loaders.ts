/** What checkpoints were made from and what was made from them, in a fixed number of statements. */
import DataLoader from 'dataloader';
import { type EntityManager, In } from 'typeorm';
import { Checkpoint } from '../checkpoint.entity';

export interface RelativesOfCheckpoint {
  checkpointId: string;
  first: number;
}

type RelativesLoader = DataLoader<RelativesOfCheckpoint, Checkpoint[], string>;

export interface LineageLoaders {
  /** From the parent on, upwards. */
  ancestors: RelativesLoader;
  /** Newest first. */
  children: RelativesLoader;
}

/** Parents change within a request of several mutations, so they are batched, not kept. */
const OPTIONS = {
  cache: false,
  cacheKeyFn: ({ checkpointId, first }: RelativesOfCheckpoint) => `${checkpointId} ${first}`,
};

export function createLineageLoaders(manager: EntityManager): LineageLoaders {
  return {
    ancestors: new DataLoader((keys) => ancestorsOf(manager, keys), OPTIONS),
    children: new DataLoader((keys) => childrenOf(manager, keys), OPTIONS),
  };
}

async function ancestorsOf(
  manager: EntityManager,
  keys: readonly RelativesOfCheckpoint[],
): Promise<Checkpoint[][]> {
  const lines = await manager.query<{ start: string; id: string }[]>(
    `WITH RECURSIVE line(start, id, depth) AS (
       SELECT c.id, c.parent_id, 1 FROM checkpoint c
        WHERE c.id = ANY($1::uuid[]) AND c.parent_id IS NOT NULL
       UNION ALL
       SELECT line.start, c.parent_id, line.depth + 1 FROM line JOIN checkpoint c ON c.id = line.id
        WHERE c.parent_id IS NOT NULL AND line.depth < $2)
     SELECT start, id FROM line ORDER BY start, depth`,
    [keys.map(({ checkpointId }) => checkpointId), Math.max(...keys.map(({ first }) => first))],
  );
  const ids = [...new Set(lines.map(({ id }) => id))];
  const found = ids.length === 0 ? [] : await manager.findBy(Checkpoint, { id: In(ids) });
  const byId = new Map(found.map((checkpoint) => [checkpoint.id, checkpoint]));
  return keys.map(({ checkpointId, first }) =>
    lines
      .filter(({ start }) => start === checkpointId)
      .slice(0, first)
      .flatMap(({ id }) => byId.get(id) ?? []),
  );
}

/** No more rows than are asked for. */
async function childrenOf(
  manager: EntityManager,
  keys: readonly RelativesOfCheckpoint[],
): Promise<Checkpoint[][]> {
  const found = await manager
    .createQueryBuilder(Checkpoint, 'checkpoint')
    .where(
      `checkpoint.id IN (
         SELECT child.id FROM unnest(CAST(:ids AS uuid[]), CAST(:sizes AS integer[])) AS wanted(id, size)
          CROSS JOIN LATERAL (SELECT c.id FROM checkpoint c WHERE c.parent_id = wanted.id
                               ORDER BY c.created_at DESC, c.id DESC LIMIT wanted.size) child)`,
      {
        ids: keys.map(({ checkpointId }) => checkpointId),
        sizes: keys.map(({ first }) => first),
      },
    )
    .orderBy('checkpoint.createdAt', 'DESC')
    .addOrderBy('checkpoint.id', 'DESC')
    .getMany();
  return keys.map(({ checkpointId, first }) =>
    found.filter(({ parentId }) => parentId === checkpointId).slice(0, first),
  );
}
