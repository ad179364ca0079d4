/** A project whose remote is a bucket of a server that checks signatures. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { RemoteEnvironment } from '../../../src/dvc/remotes/environment';
import { temporaryFolder } from '../../support/temporary-folder';
import { makeProject, md5Of, trackedFolder, trackFolder, writeFiles } from './dvc-project';
import { KEYS, type S3Faults, type S3Server, serveS3 } from './s3-server';

export const FILES = { 'a.bin': Buffer.alloc(400_000, 'abcdefg'), 'b.txt': 'short', 'c.empty': '' };
export const HASHES = Object.fromEntries(
  Object.entries(FILES).map(([name, bytes]) => [name, md5Of(bytes)]),
);
/** A folder with signs that a signature must treat in the same way on both sides. */
const FOLDER = "data of/a+b (1)'*!~ü/x";
export const OPTIONS = [
  `access_key_id = ${KEYS.accessKeyId}`,
  `secret_access_key = ${KEYS.secretAccessKey}`,
];

export const servers: S3Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

export async function served(
  faults: S3Faults = {},
  options: readonly string[] = OPTIONS,
  files: Record<string, string | Buffer> = FILES,
) {
  const tracked = trackedFolder(files);
  const objects = new Map([...tracked.objects].map(([key, bytes]) => [`${FOLDER}/${key}`, bytes]));
  const server = await serveS3(objects, faults);
  servers.push(server);
  const root = await makeProject(`"s3://store/${FOLDER}"`);
  const local = [`endpointurl = ${server.endpoint}`, ...options].map((line) => `    ${line}\n`);
  await writeFiles(root, [['.dvc/config.local', `['remote "origin"']\n${local.join('')}`]]);
  await trackFolder(root, tracked);
  return {
    tracked,
    objects,
    server,
    root,
    set: path.join(root, 'data/set'),
    key: (name: string) => `${FOLDER}/${tracked.objectOf[name] ?? '?'}`,
    options: { targets: [], jobs: 2, cwd: root, environment: await home() },
  };
}

export async function home(
  variables: Record<string, string> = {},
  files: Record<string, string> = {},
): Promise<RemoteEnvironment> {
  const folder = await temporaryFolder();
  await mkdir(path.join(folder, '.aws'));
  for (const [name, text] of Object.entries(files)) {
    await writeFile(path.join(folder, '.aws', name), text);
  }
  return { home: folder, variables, askHidden: () => Promise.resolve(undefined) };
}

export const hashesOf = (objects: Map<string, Buffer>) =>
  new Map([...objects].map(([key, bytes]) => [key, md5Of(bytes)]));
