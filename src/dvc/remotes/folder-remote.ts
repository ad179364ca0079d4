/** A remote that is a folder of this machine, or one that is mounted. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../datasets/files/errno';
import { OperationalError } from '../../errors';
import { copyChecked } from '../copy-checked';
import { CACHED_MODE } from '../object-cache';
import type { Remote } from './remote';

export function createFolderRemote(folder: string): Remote {
  async function find(file: string): Promise<{ sizeBytes: number } | undefined> {
    try {
      const found = await stat(path.join(folder, file));
      return found.isFile() ? { sizeBytes: found.size } : undefined;
    } catch (error) {
      const code = errorCode(error);
      if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
      return undefined;
    }
  }

  /** An unmounted disk must not look like one without the object. */
  async function requireFolder(): Promise<void> {
    const found = await stat(folder).catch(() => undefined);
    if (found?.isDirectory()) return;
    throw new OperationalError(
      'DVC_REMOTE_UNAVAILABLE',
      `The remote's folder ${folder} is not there. Mount or make it, or mend its url in .dvc/config.`,
    );
  }

  return {
    address: folder,
    find,
    async read(file, fromByte, signal) {
      const found = await find(file);
      if (found === undefined) {
        await requireFolder();
        return undefined;
      }
      const pieces = createReadStream(path.join(folder, file), { start: fromByte, signal });
      return { startsAt: fromByte, totalBytes: found.sizeBytes, pieces };
    },
    async write(file, { file: source, md5 }, signal) {
      const id = { md5, isFolder: false, layout: 'dvc3' } as const;
      await copyChecked(source, path.join(folder, file), id, CACHED_MODE, signal);
    },
    close: () => Promise.resolve(),
  };
}
