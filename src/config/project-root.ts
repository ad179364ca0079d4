/** Finds the project's folder from sources and from compiled files alike. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The nearest folder upwards that holds package.json. */
export function projectRoot(): string {
  let folder = __dirname;
  while (!existsSync(path.join(folder, 'package.json'))) {
    const parent = path.dirname(folder);
    if (parent === folder) return process.cwd();
    folder = parent;
  }
  return folder;
}

/** The version in package.json. */
export function projectVersion(): string {
  const text = readFileSync(path.join(projectRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
