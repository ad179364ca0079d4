/** Finds checkpoints, changes what people say about them, and gives out their bytes. */
import { type DataSource, IsNull, type Repository } from 'typeorm';
import { UserError } from '../errors';
import type { Connection } from '../pagination/connection';
import { keysetConnection } from '../pagination/keyset-connection';
import type { ConnectionArgs } from '../pagination/page';
import { SqlParameters } from '../pagination/sql-parameters';
import { Checkpoint } from './checkpoint.entity';
import { CheckpointAlias } from './checkpoint-alias.entity';
import type { CheckpointFilter, UpdateCheckpointInput } from './checkpoint-inputs';
import { checkpointSource, NEWEST_FIRST } from './checkpoint-list';
import { checkpointNotFound } from './checkpoint-not-found';
import type { CheckpointReader } from './checkpoint-store';
import type { CheckpointFiles } from './formats/checkpoint-files';
import { changeParent } from './lineage/change-parent';

export class CheckpointService {
  private readonly repository: Repository<Checkpoint>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly store: CheckpointReader,
  ) {
    this.repository = dataSource.getRepository(Checkpoint);
  }

  /**
   * A deleted one too: results name it.
   *
   * @throws UserError CHECKPOINT_NOT_FOUND
   */
  async get(id: string): Promise<Checkpoint> {
    const checkpoint = await this.repository.findOneBy({ id });
    if (checkpoint) return checkpoint;
    throw checkpointNotFound(id);
  }

  /**
   * The checkpoint of a content. Where several preprocessings share it and none is named, the one that is not
   * deleted.
   *
   * @throws UserError CHECKPOINT_NOT_FOUND, CHECKPOINT_AMBIGUOUS
   */
  async byDigest(digest: string, preprocessingDigest?: string): Promise<Checkpoint> {
    const found = await this.repository.findBy({
      digest,
      ...(preprocessingDigest && { preprocessingDigest }),
    });
    const kept = found.filter(({ deletedAt }) => deletedAt === null);
    const candidates = kept.length > 0 ? kept : found;
    const [checkpoint] = candidates;
    if (checkpoint === undefined) throw checkpointNotFound(`with the digest ${digest}`);
    if (candidates.length === 1) return checkpoint;
    throw new UserError(
      'CHECKPOINT_AMBIGUOUS',
      `this content is registered under ${candidates.length} preprocessings; give the preprocessingDigest too, or the id`,
      { details: { preprocessingDigests: candidates.map((one) => one.preprocessingDigest) } },
    );
  }

  /**
   * Newest first.
   *
   * @throws UserError PAGE_AMBIGUOUS, INVALID_CURSOR
   */
  list(filter: Partial<CheckpointFilter>, args: ConnectionArgs): Promise<Connection<Checkpoint>> {
    const parameters = new SqlParameters();
    const source = checkpointSource(filter, parameters);
    const query = {
      entity: Checkpoint,
      idProperty: 'id',
      order: NEWEST_FIRST,
      source,
      parameters,
    } as const;
    return keysetConnection(this.dataSource.manager, query, args);
  }

  /** @throws UserError CHECKPOINT_NOT_FOUND, CHECKPOINT_LINEAGE_CYCLE; then nothing has changed */
  async update({ id, name, tags, notes, parentId }: UpdateCheckpointInput): Promise<Checkpoint> {
    // GraphQL's null means here what leaving it out means, but takes a parent away.
    const changes = {
      ...(name && { name }),
      ...(tags && { tags }),
      ...(typeof notes === 'string' && { notes }),
    };
    await this.dataSource.transaction('READ COMMITTED', async (manager) => {
      if (parentId !== undefined) await changeParent(manager, id, parentId);
      if (Object.keys(changes).length > 0) await manager.update(Checkpoint, { id }, changes);
    });
    return this.get(id);
  }

  /**
   * Hides it from lists and from evaluation; its results and bytes stay.
   *
   * @throws UserError CHECKPOINT_NOT_FOUND, CHECKPOINT_HAS_ALIASES: `champion` must not vanish unnoticed
   */
  async delete(id: string): Promise<Checkpoint> {
    await this.dataSource.transaction(async (manager) => {
      // The row's lock keeps an alias from being set on it between the look and the deletion.
      const checkpoint = await manager.findOne(Checkpoint, {
        where: { id },
        lock: { mode: 'pessimistic_write' },
      });
      if (!checkpoint) throw checkpointNotFound(id);
      const aliases = await manager.findBy(CheckpointAlias, {
        checkpointId: id,
        endedAt: IsNull(),
      });
      if (aliases.length > 0) throw hasAliases(aliases.map(({ alias }) => alias));
      if (checkpoint.deletedAt === null) {
        await manager.update(Checkpoint, { id }, { deletedAt: () => 'now()' });
      }
    });
    return this.get(id);
  }

  /** @throws UserError CHECKPOINT_NOT_FOUND */
  async restore(id: string): Promise<Checkpoint> {
    await this.repository.update({ id }, { deletedAt: null });
    return this.get(id);
  }

  /** The checkpoint's bytes, held against its digest. */
  files(checkpoint: Checkpoint): Promise<CheckpointFiles> {
    return this.store.load(checkpoint.digest, checkpoint.format);
  }
}

/** @throws UserError CHECKPOINT_DELETED */
export function assertNotDeleted(checkpoint: Checkpoint): void {
  if (checkpoint.deletedAt === null) return;
  throw new UserError(
    'CHECKPOINT_DELETED',
    `the checkpoint ${checkpoint.id} has been deleted; "restoreCheckpoint" brings it back`,
  );
}

function hasAliases(aliases: string[]): UserError {
  return new UserError(
    'CHECKPOINT_HAS_ALIASES',
    `the checkpoint is ${aliases.join(', ')}; move or remove its aliases first`,
    { details: { aliases } },
  );
}
