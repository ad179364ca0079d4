/** Moves aliases from checkpoint to checkpoint, one at a time, and keeps where they pointed. */
import { randomUUID } from 'node:crypto';
import { type DataSource, type EntityManager, IsNull, type Repository } from 'typeorm';
import { UserError } from '../errors';
import { assertNotDeleted } from './checkpoint.service';
import { Checkpoint } from './checkpoint.entity';
import { CheckpointAlias } from './checkpoint-alias.entity';
import { checkpointNotFound } from './checkpoint-not-found';

export class CheckpointAliasService {
  private readonly repository: Repository<CheckpointAlias>;

  constructor(private readonly dataSource: DataSource) {
    this.repository = dataSource.getRepository(CheckpointAlias);
  }

  /**
   * Makes the alias mean this checkpoint; there is no moment at which it means none or two.
   *
   * @returns the open entry of its history, a new one only where it meant another checkpoint before
   * @throws UserError CHECKPOINT_NOT_FOUND, CHECKPOINT_DELETED
   */
  set(alias: string, checkpointId: string): Promise<CheckpointAlias> {
    return this.moving(alias, async (manager, open) => {
      await lockCheckpoint(manager, checkpointId);
      if (open?.checkpointId === checkpointId) return open;
      const at = await databaseTime(manager);
      if (open) await end(manager, open.id, at);
      const id = randomUUID();
      await manager.query(
        `INSERT INTO checkpoint_alias (id, alias, checkpoint_id, assigned_at) VALUES ($1, $2, $3, $4)`,
        [id, alias, checkpointId, at],
      );
      return manager.findOneByOrFail(CheckpointAlias, { id });
    });
  }

  /**
   * @returns the entry that has ended now
   * @throws UserError ALIAS_NOT_FOUND
   */
  remove(alias: string): Promise<CheckpointAlias> {
    return this.moving(alias, async (manager, open) => {
      if (!open) throw aliasNotFound(alias);
      await end(manager, open.id, await databaseTime(manager));
      return manager.findOneByOrFail(CheckpointAlias, { id: open.id });
    });
  }

  /** @throws UserError ALIAS_NOT_FOUND */
  async resolve(alias: string): Promise<Checkpoint> {
    const open = await this.repository.findOne({
      where: { alias, endedAt: IsNull() },
      relations: { checkpoint: true },
    });
    if (open?.checkpoint) return open.checkpoint;
    throw aliasNotFound(alias);
  }

  /** Newest first. */
  history(alias: string, first: number, offset: number): Promise<CheckpointAlias[]> {
    return this.repository.find({
      where: { alias },
      order: { assignedAt: 'DESC', id: 'DESC' },
      take: first,
      skip: offset,
    });
  }

  /** What each alias means now, by name. */
  list(first: number, offset: number): Promise<CheckpointAlias[]> {
    return this.repository.find({
      where: { endedAt: IsNull() },
      order: { alias: 'ASC' },
      take: first,
      skip: offset,
    });
  }

  /** One at a time for each alias: the lock also holds off a second first assignment, which no row could. */
  private moving<T>(
    alias: string,
    move: (manager: EntityManager, open: CheckpointAlias | null) => Promise<T>,
  ): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
        `checkpoint alias ${alias}`,
      ]);
      return move(manager, await manager.findOneBy(CheckpointAlias, { alias, endedAt: IsNull() }));
    });
  }
}

/** Shared among aliases, but not with a deletion. */
async function lockCheckpoint(manager: EntityManager, id: string): Promise<void> {
  const checkpoint = await manager.findOne(Checkpoint, {
    where: { id },
    lock: { mode: 'pessimistic_read' },
  });
  if (!checkpoint) throw checkpointNotFound(id);
  assertNotDeleted(checkpoint);
}

/**
 * As text, for a Date has no microseconds. The time now, after the lock was had, and not of the transaction's
 * start, so that the entries of an alias follow each other.
 */
async function databaseTime(manager: EntityManager): Promise<string> {
  const [row] = await manager.query<{ now: string }[]>('SELECT clock_timestamp()::text AS now');
  if (row === undefined) throw new Error('a SELECT without FROM has one row');
  return row.now;
}

async function end(manager: EntityManager, id: string, at: string): Promise<void> {
  await manager.query('UPDATE checkpoint_alias SET ended_at = $2 WHERE id = $1', [id, at]);
}

function aliasNotFound(alias: string): UserError {
  return new UserError(
    'ALIAS_NOT_FOUND',
    `no checkpoint is called ${alias}; "setCheckpointAlias" gives an alias to one`,
    { details: { alias } },
  );
}
