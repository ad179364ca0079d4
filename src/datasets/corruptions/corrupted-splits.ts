/** Makes corrupted splits when they are asked for, and keeps the last ones. */
import type { Split } from '../dataset';
import { corruptSplit } from './corrupt-split';
import { corruptedDigest, type CorruptionRecipe } from './corruption-name';

/** Workers go from run to run; 10,000 images of 28×28 take 8 MB. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024;

export class CorruptedSplits {
  /** By digest, the one used longest ago first. */
  private readonly splits = new Map<string, { split: Promise<Split>; bytes: number }>();

  constructor(private readonly maxKeptBytes = MAX_KEPT_BYTES) {}

  get(base: Split, recipe: CorruptionRecipe): Promise<Split> {
    const digest = corruptedDigest(base.digest, recipe);
    const bytes = base.images.byteLength;
    const split = this.splits.get(digest)?.split ?? corruptSplit(base, recipe);
    this.splits.delete(digest);
    this.splits.set(digest, { split, bytes });
    this.forgetOldest(digest);
    return split;
  }

  /** The newest stays, however large it is: its next shard needs it. */
  private forgetOldest(newest: string): void {
    let total = [...this.splits.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    for (const [digest, { bytes }] of this.splits) {
      if (total <= this.maxKeptBytes || digest === newest) return;
      this.splits.delete(digest);
      total -= bytes;
    }
  }
}
