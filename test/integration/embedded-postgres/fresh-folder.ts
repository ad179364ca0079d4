/** Folders for servers: made for a test, and taken away after it together with the server in them. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder } from '../../support/postgres-folder';
import { killHolders } from './processes';

const folders: string[] = [];

/** The folder that a holder gets: it does not exist yet, its parent is ours. */
export async function freshFolder(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), `assay-test-${process.pid}-`));
  const folder = join(parent, 'postgres');
  folders.push(parent);
  return folder;
}

export async function cleanUp(): Promise<void> {
  await killHolders();
  for (const folder of folders.splice(0)) await removeFolder(folder);
}
