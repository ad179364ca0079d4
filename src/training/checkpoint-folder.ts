/** Writes a checkpoint's folder so that others see the old one or the new one, never a mixture. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, realpath, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { METADATA_FILE } from '../checkpoints/formats/checkpoint-digest';
import { MODEL_FILE } from '../checkpoints/formats/tfjs-manifest';
import { messageOf, OperationalError, UserError } from '../errors';
import { WEIGHTS_FILE } from './model-weights';

const OWN_FILES: readonly string[] = [MODEL_FILE, WEIGHTS_FILE, METADATA_FILE];

/**
 * A folder is replaced as a whole, so one that holds anything else than a checkpoint is refused: a
 * mistyped path must not cost anyone their files. Ask before a long training, not after it.
 *
 * @throws UserError TRAINING_OUTPUT_OCCUPIED; OperationalError CHECKPOINT_NOT_WRITTEN
 */
export async function checkReplaceable(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    if (code === 'ENOTDIR') throw occupied(folder, 'it is a file');
    throw notWritten(folder, error);
  });
  const foreign = names.filter((name) => !OWN_FILES.includes(name));
  if (foreign.length > 0) {
    throw occupied(
      folder,
      `it holds ${JSON.stringify(foreign[0])}, which is no part of a checkpoint`,
    );
  }
}

/**
 * Writes all files into a new folder beside, then swaps it in. An existing checkpoint stays until the
 * new one is whole on the disk, and comes back where the swap fails.
 *
 * @param files contents by name
 * @throws UserError TRAINING_OUTPUT_OCCUPIED; OperationalError CHECKPOINT_NOT_WRITTEN
 */
export async function writeCheckpointFolder(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  await checkReplaceable(folder);
  // A link stays one: what it points at is replaced. A folder that does not exist yet has no real path.
  const target = await realpath(folder).catch(() => path.resolve(folder));
  const beside = path.join(path.dirname(target), `.${path.basename(target)}.${randomUUID()}`);
  const fresh = `${beside}.new`;
  const old = `${beside}.old`;
  try {
    await mkdir(fresh, { recursive: true });
    for (const [name, content] of files) await writeDurably(path.join(fresh, name), content);
    const hadOld = await moved(target, old);
    try {
      await rename(fresh, target);
    } catch (error) {
      if (hadOld) await rename(old, target);
      throw error;
    }
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    throw notWritten(folder, error);
  }
  await rm(old, { recursive: true, force: true });
}

async function writeDurably(file: string, content: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx', 0o644);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** @returns whether there was anything to move */
async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

function occupied(folder: string, reason: string): UserError {
  return new UserError(
    'TRAINING_OUTPUT_OCCUPIED',
    `The checkpoint can't be written to ${JSON.stringify(folder)}: ${reason}. Name a new folder, ` +
      'or one that holds an earlier checkpoint and nothing else.',
  );
}

function notWritten(folder: string, cause: unknown): OperationalError {
  return new OperationalError(
    'CHECKPOINT_NOT_WRITTEN',
    `The checkpoint could not be written to ${JSON.stringify(folder)} (${messageOf(cause)}). ` +
      'Check that its parent folder may be written to and that the disk is not full.',
    { cause },
  );
}
