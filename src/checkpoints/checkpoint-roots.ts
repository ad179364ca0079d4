/** The folders from which a remote caller may register checkpoints. */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../errors';

export class CheckpointRoots {
  /** @param folders absolute paths; a relative path from a caller starts at the first */
  constructor(private readonly folders: readonly string[]) {}

  /**
   * The real path of what the caller names, links followed.
   *
   * @throws UserError CHECKPOINT_PATH_FORBIDDEN, alike for a path outside and for one that does not
   *   exist, so that the answer tells nothing of the machine's other files
   */
  async resolve(given: string): Promise<string> {
    if (given.includes('\0')) throw forbidden();
    for (const folder of this.folders) {
      const real = await realpath(path.resolve(folder, given)).catch(() => undefined);
      const root = await realpath(folder).catch(() => undefined);
      if (real && root && (real === root || real.startsWith(root + path.sep))) return real;
    }
    throw forbidden();
  }
}

function forbidden(): UserError {
  return new UserError(
    'CHECKPOINT_PATH_FORBIDDEN',
    'there is no such file inside the checkpoint roots; put it below a folder of checkpoint_roots in config.yaml, or register it from the terminal',
  );
}
