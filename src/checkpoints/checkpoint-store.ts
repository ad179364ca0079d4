/** Keeps the bytes of checkpoints by their SHA-256: `<root>/<digest>/<files>`. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { OperationalError, UserError } from '../errors';
import type { CheckpointFiles } from './formats/checkpoint-files';
import { readCheckpoint } from './formats/read-checkpoint';

export class CheckpointStore {
  constructor(private readonly root: string) {}

  /** Writes the files so that a crash leaves all of them or none; what is there already is kept. */
  async put(checkpoint: CheckpointFiles): Promise<void> {
    const folder = this.folderOf(checkpoint.digest);
    if (existsSync(folder)) return;
    const temporary = path.join(this.root, `.${checkpoint.digest}.${randomUUID()}`);
    await mkdir(temporary, { recursive: true });
    try {
      for (const [name, bytes] of checkpoint.files) {
        await writeDurably(path.join(temporary, name), bytes);
      }
      await rename(temporary, folder);
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      // Another process may have stored the same content meanwhile: then it is there, as wanted.
      if (!existsSync(folder)) {
        throw new OperationalError(
          'CHECKPOINT_STORE_FAILED',
          'the checkpoint could not be stored; check the space and the rights of the data folder',
          { cause: error },
        );
      }
    }
  }

  /**
   * Reads the files and holds them against the digest.
   *
   * @throws OperationalError CHECKPOINT_MISSING where this machine does not have it
   * @throws UserError CHECKPOINT_CORRUPT where a byte differs, or a file is missing or too many
   */
  async load(digest: string): Promise<CheckpointFiles> {
    const folder = this.folderOf(digest);
    if (!existsSync(folder)) {
      throw new OperationalError(
        'CHECKPOINT_MISSING',
        `the files of checkpoint ${digest.slice(0, 12)} are not in this machine's store; register it here again`,
      );
    }
    const names = await readdir(folder);
    const single = names.length === 1 ? names[0] : undefined;
    const checkpoint = await readCheckpoint(single ? path.join(folder, single) : folder).catch(
      (error: unknown) => {
        // It was sound when it was stored, so what makes it unreadable now happened to it here.
        throw error instanceof UserError ? corrupt(digest, error) : error;
      },
    );
    if (checkpoint.digest !== digest) throw corrupt(digest);
    return checkpoint;
  }

  private folderOf(digest: string): string {
    return path.join(this.root, digest);
  }
}

function corrupt(digest: string, cause?: UserError): UserError {
  return new UserError(
    'CHECKPOINT_CORRUPT',
    `the stored files of checkpoint ${digest.slice(0, 12)} have changed; remove the folder ${digest} from the checkpoints of the data folder and register the checkpoint again`,
    { cause },
  );
}

async function writeDurably(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx', 0o644);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
