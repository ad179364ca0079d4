/** DVC's local cache: objects by their MD5, read-only, as a real dvc leaves and expects them. */
import { open, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { writeAtomically } from '../datasets/files/atomic-file';
import { copyChecked } from './copy-checked';
import { formatManifest, type ManifestEntry, MAX_MANIFEST_BYTES, parseManifest } from './manifest';
import { isObject } from './object-hash';
import { type ObjectId, objectPath } from './object-id';
import { corrupt } from './storage-errors';

/** dvc takes a writable object for one that may have been changed, and hashes it again. */
export const CACHED_MODE = 0o444;

export interface ObjectCache {
  pathOf(id: ObjectId): string;
  /** Whether it is there with the right bytes; other bytes under its name are removed, as dvc does. */
  holds(id: ObjectId): Promise<boolean>;
  /** Takes a copy of a file that has the object's bytes. @throws OperationalError DVC_CORRUPT */
  addFile(id: ObjectId, file: string): Promise<void>;
  addManifest(entries: readonly ManifestEntry[], layout: ObjectId['layout']): Promise<void>;
  /** The files of a folder. @throws UserError DVC_MANIFEST_INVALID */
  readManifest(id: ObjectId): Promise<ManifestEntry[]>;
}

export function createObjectCache(folder: string): ObjectCache {
  const pathOf = (id: ObjectId): string => path.join(folder, objectPath(id));
  return {
    pathOf,
    async holds(id) {
      const file = pathOf(id);
      const found = await stat(file).catch(() => undefined);
      if (!found?.isFile()) return false;
      if (await isObject(file, id)) return true;
      await rm(file, { force: true });
      return false;
    },
    async addFile(id, file) {
      await copyChecked(file, pathOf(id), id, CACHED_MODE);
    },
    async addManifest(entries, layout) {
      const { bytes, id } = formatManifest(entries, layout);
      await writeAtomically(pathOf(id), async (handle) => {
        await handle.writeFile(bytes);
        await handle.chmod(CACHED_MODE);
      });
    },
    async readManifest(id) {
      const handle = await open(pathOf(id));
      try {
        const { size } = await handle.stat();
        if (size > MAX_MANIFEST_BYTES)
          throw corrupt(pathOf(id), 'it is too large for a list of files');
        return parseManifest(await handle.readFile(), id);
      } finally {
        await handle.close();
      }
    },
  };
}
