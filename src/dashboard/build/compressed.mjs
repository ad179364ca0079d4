/** A Vite plugin: lays a .gz beside each text file, so that the service has nothing to compress. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';

const TEXT = /\.(js|css|html|svg)$/;
/** What fits into one packet gains nothing. */
const MIN_BYTES = 1_400;

export function compressed() {
  return {
    name: 'compressed',
    apply: 'build',
    async writeBundle({ dir }) {
      for (const name of await readdir(dir, { recursive: true })) {
        if (!TEXT.test(name)) continue;
        const file = path.join(dir, name);
        const bytes = await readFile(file);
        if (bytes.length < MIN_BYTES) continue;
        const level = constants.Z_BEST_COMPRESSION;
        await writeFile(`${file}.gz`, await promisify(gzip)(bytes, { level }));
      }
    },
  };
}
