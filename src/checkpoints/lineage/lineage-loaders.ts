/** What checkpoints were made from and what was made from them, in a fixed number of statements. */
import DataLoader from 'dataloader';
import { type EntityManager, In } from 'typeorm';
import { Checkpoint } from '../checkpoint.entity';
import {
  type FirstOfCheckpoint,
  firstOfCheckpointKey,
  newestOfCheckpoints,
} from '../newest-of-checkpoints';

type RelativesLoader = DataLoader<FirstOfCheckpoint, Checkpoint[], string>;

export interface LineageLoaders {
  /** From the parent on, upwards. */
  ancestors: RelativesLoader;
  /** Newest first. */
  children: RelativesLoader;
}

/** Parents change within a request of several mutations, so they are batched, not kept. */
const OPTIONS = { cache: false, cacheKeyFn: firstOfCheckpointKey };

export function createLineageLoaders(manager: EntityManager): LineageLoaders {
  return {
    ancestors: new DataLoader((keys) => ancestorsOf(manager, keys), OPTIONS),
    children: new DataLoader(
      (keys) =>
        newestOfCheckpoints(manager, Checkpoint, { id: 'id', checkpointId: 'parentId' }, keys),
      OPTIONS,
    ),
  };
}

async function ancestorsOf(
  manager: EntityManager,
  keys: readonly FirstOfCheckpoint[],
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
