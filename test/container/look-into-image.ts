/** What may and what must be in an image, held against its files. */
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { ImageConfig } from './running-image';

const FOLDERS = ['usr/local/bin', 'usr/bin', 'usr/local/sbin', 'usr/sbin'];
const TOOLS = ['npm', 'npx', 'corepack', 'yarn', 'gcc', 'cc', 'make', 'python3', 'curl', 'git'];
/** What the build may see and the image may not hold. */
const FOREIGN = [
  ...['root/.npmrc', 'root/.npm', 'etc/ssl/certs/ca-certificates.crt'],
  ...['app/db.credentials', 'app/.git', 'app/test', 'app/src', 'app/.npmrc'],
  ...['app/node_modules/typescript', 'app/node_modules/jest'],
];

/**
 * @returns how many packages the image lists
 * @throws AssertionError where it has a tool or a file too many, or a package that is not on its list
 */
export function lookInto(root: string, { User, Healthcheck, Labels }: ImageConfig): number {
  assert.match(User, /^(?!root$|0(:|$))./, 'the image must name an ordinary user');
  assert.ok(Healthcheck, 'the image must say how its health is checked');
  const tools = FOLDERS.flatMap((folder) => TOOLS.map((tool) => `${folder}/${tool}`));
  const found = [...tools, ...FOREIGN].filter((file) => isThere(path.join(root, file)));
  assert.deepEqual(found, [], 'build tools and files of the build have no place in the image');
  return checkPackages(root, Labels['org.cyclonedx.sbom'] ?? '');
}

/** buildah leaves an empty file where something was mounted into the build. */
function isThere(file: string): boolean {
  const found = statSync(file, { throwIfNoEntry: false });
  return found !== undefined && (found.isDirectory() || found.size > 0);
}

function checkPackages(root: string, list: string): number {
  const { bomFormat, components } = JSON.parse(readFileSync(path.join(root, list), 'utf8')) as {
    bomFormat: string;
    components: { name: string; version: string }[];
  };
  assert.equal(bomFormat, 'CycloneDX');
  const listed = new Set(components.map(({ name, version }) => `${name}@${version}`));
  const { dependencies } = JSON.parse(
    readFileSync(path.join(root, 'app/package.json'), 'utf8'),
  ) as { dependencies: Record<string, string> };
  for (const [name, version] of Object.entries(dependencies)) {
    assert.ok(listed.has(`${name}@${version}`), `${name} ${version} is not on the list ${list}`);
  }
  return components.length;
}
