/** The folders from which a remote caller may register checkpoints. */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../errors';
import { isInside } from './real-file';
import type { CheckpointPlace } from './stage-from-path';

export class CheckpointRoots {
  /** @param folders absolute paths; a relative path from a caller starts at the first */
  constructor(private readonly folders: readonly string[]) {}

  /**
   * Where the caller's path leads, with the guard that holds every file opened for it to the same root. The
   * answer is a first look: a link may be exchanged before the file is open, so the guard looks again then.
   *
   * @throws UserError CHECKPOINT_PATH_FORBIDDEN, alike for a path outside and for one that does not
   *   exist, so that the answer tells nothing of the machine's other files
   */
  async resolve(given: string): Promise<CheckpointPlace> {
    if (given.includes('\0')) throw forbidden();
    for (const folder of this.folders) {
      const named = path.resolve(folder, given);
      const real = await realpath(named).catch(() => undefined);
      const root = await realpath(folder).catch(() => undefined);
      if (real === undefined || root === undefined || !isInside(root, real)) continue;
      return {
        path: named,
        said: given,
        guard: (opened: string) => {
          if (!isInside(root, opened)) throw forbidden();
        },
      };
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
