/** What the files of a checkpoint hold, by their index: nothing is run, and no weight is kept in memory. */
import type { Checkpoint } from './checkpoint.entity';
import type { CheckpointStore } from './checkpoint-store';
import { type ListedLayer, listLayersOfSources } from './formats/list-layers';

export interface CheckpointContents {
  /** In the order of their names. */
  files: readonly { name: string; sizeBytes: number }[];
  layers: readonly ListedLayer[];
}

/** What a digest names never changes, and a .pth of 1 GiB takes seconds to check: the last ones are kept. */
const MAX_KEPT = 16;

export class CheckpointContentsReader {
  private readonly kept = new Map<string, Promise<CheckpointContents>>();

  constructor(private readonly store: CheckpointStore) {}

  /** @throws OperationalError CHECKPOINT_MISSING, CHECKPOINT_UNREADABLE; UserError CHECKPOINT_CORRUPT */
  read({ digest, format }: Pick<Checkpoint, 'digest' | 'format'>): Promise<CheckpointContents> {
    const contents =
      this.kept.get(digest) ??
      this.store.lookInto(digest, async (sources) => ({
        files: [...sources].map(([name, { size }]) => ({ name, sizeBytes: size })),
        layers: await listLayersOfSources(format, sources),
      }));
    this.kept.delete(digest);
    this.kept.set(digest, contents);
    const [oldest] = this.kept.keys();
    if (this.kept.size > MAX_KEPT && oldest !== undefined) this.kept.delete(oldest);
    contents.catch(() => {
      // A file that is missing now may be put back.
      if (this.kept.get(digest) === contents) this.kept.delete(digest);
    });
    return contents;
  }
}
