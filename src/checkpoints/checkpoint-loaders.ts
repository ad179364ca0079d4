/** Batches look-ups of checkpoints and aliases within one request. */
import DataLoader from 'dataloader';
import { type DataSource, In, IsNull } from 'typeorm';
import { Checkpoint } from './checkpoint.entity';
import { CheckpointAlias } from './checkpoint-alias.entity';
import { createLineageLoaders, type LineageLoaders } from './lineage/lineage-loaders';

export interface CheckpointLoaders extends LineageLoaders {
  checkpoint: DataLoader<string, Checkpoint>;
  /** What a checkpoint is called now, by the checkpoint's id, sorted. */
  aliases: DataLoader<string, string[]>;
}

/** What every request's context carries for this room's resolvers. */
export interface CheckpointContext {
  loaders: CheckpointLoaders;
}

export function createCheckpointLoaders({ manager }: DataSource): CheckpointLoaders {
  return {
    ...createLineageLoaders(manager),
    checkpoint: new DataLoader(async (ids) => {
      const found = await manager.findBy(Checkpoint, { id: In([...ids]) });
      const byId = new Map(found.map((checkpoint) => [checkpoint.id, checkpoint]));
      // Foreign keys hold, so a missing row is a bug.
      return ids.map((id) => byId.get(id) ?? new Error(`row ${id} is gone`));
    }),
    // Aliases move within a request of several mutations, so they are batched, not kept.
    aliases: new DataLoader(
      async (ids) => {
        const open = await manager.find(CheckpointAlias, {
          where: { checkpointId: In([...ids]), endedAt: IsNull() },
          order: { alias: 'ASC' },
        });
        return ids.map((id) =>
          open.filter(({ checkpointId }) => checkpointId === id).map(({ alias }) => alias),
        );
      },
      { cache: false },
    ),
  };
}
