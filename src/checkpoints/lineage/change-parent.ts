/** Says what a checkpoint was made from, so that no checkpoint ever descends from itself. */
import type { EntityManager } from 'typeorm';
import { UserError } from '../../errors';
import { Checkpoint } from '../checkpoint.entity';
import { checkpointNotFound } from '../checkpoint-not-found';

/**
 * One change at a time in all lineages: two that are each without fault can close a cycle together, which no lock of
 * their rows would show. Changes are rare and short.
 *
 * @param manager of a transaction at READ COMMITTED: what is looked at after the lock must be what was committed
 *   before it
 * @param parentId null takes the parent away
 * @throws UserError CHECKPOINT_NOT_FOUND, CHECKPOINT_LINEAGE_CYCLE
 */
export async function changeParent(
  manager: EntityManager,
  id: string,
  parentId: string | null,
): Promise<void> {
  await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('checkpoint lineage', 0))`);
  if (parentId !== null) await checkParent(manager, id, parentId);
  await manager.update(Checkpoint, { id }, { parentId });
}

async function checkParent(manager: EntityManager, id: string, parentId: string): Promise<void> {
  const [found] = await manager.query<{ exists: boolean; descends: boolean }[]>(
    `WITH RECURSIVE line(id) AS (
       SELECT c.id FROM checkpoint c WHERE c.id = $1
       UNION
       SELECT c.parent_id FROM line JOIN checkpoint c ON c.id = line.id WHERE c.parent_id IS NOT NULL)
     SELECT count(*) > 0 AS exists, coalesce(bool_or(line.id = $2), false) AS descends FROM line`,
    [parentId, id],
  );
  if (!found?.exists) throw checkpointNotFound(parentId);
  if (!found.descends) return;
  throw new UserError(
    'CHECKPOINT_LINEAGE_CYCLE',
    `the checkpoint ${parentId} is the checkpoint ${id} itself or was made from it; choose another parent, or take the parent away further up first`,
    { details: { id, parentId } },
  );
}
