/** The files of the checkpoint that was needed last: the shards of a run follow each other. */
import type { Checkpoint } from '../checkpoints/checkpoint.entity';
import type { CheckpointService } from '../checkpoints/checkpoint.service';
import type { CheckpointFiles } from '../checkpoints/formats/checkpoint-files';

/** What is larger computes for so long that reading it again does not count. */
const MAX_BYTES = 64 * 2 ** 20;

export class RecentCheckpoint {
  private kept: CheckpointFiles | undefined;

  constructor(private readonly checkpoints: Pick<CheckpointService, 'files'>) {}

  /** @throws what `CheckpointService.files` throws */
  async files(checkpoint: Checkpoint): Promise<CheckpointFiles> {
    const { kept } = this;
    if (kept?.digest === checkpoint.digest && kept.format === checkpoint.format) return kept;
    const files = await this.checkpoints.files(checkpoint);
    if (files.sizeBytes <= MAX_BYTES) this.kept = files;
    return files;
  }
}
