/** Builds the page into dist/dashboard, unless what is there was made from the very same files. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'vite';

const root = path.resolve(import.meta.dirname, '../../..');
const STAMP = path.join(root, 'dist/.dashboard-inputs');
const BUILT = path.join(root, 'dist/dashboard/index.html');

async function digestOfInputs() {
  const page = await readdir(path.join(root, 'src/dashboard'), {
    recursive: true,
    withFileTypes: true,
  });
  const files = page
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name))
    // Made from the others.
    .filter((file) => !file.includes(`${path.sep}dashboard${path.sep}gql${path.sep}`));
  files.push(path.join(root, 'schema/schema.graphql'), path.join(root, 'package-lock.json'));
  const hash = createHash('sha256');
  for (const file of files.sort()) {
    const bytes = await readFile(file);
    hash.update(`${path.relative(root, file)} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

const digest = await digestOfInputs();
const built = await readFile(STAMP, 'utf8').catch(() => '');
if (built !== digest || !existsSync(BUILT)) {
  // Whatever the caller's is, or React's development build would be served.
  process.env.NODE_ENV = 'production';
  await build({
    configFile: path.join(root, 'src/dashboard/vite.config.mjs'),
    // Bundled, the config would bring a second graphql along.
    configLoader: 'native',
    logLevel: 'warn',
  });
  await writeFile(STAMP, digest);
}
