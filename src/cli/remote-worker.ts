/** What `assay worker --api` needs: the other machine's files, and the token for them. */
import { isUtf8 } from 'node:buffer';
import path from 'node:path';
import { looksLikeToken } from '../auth/token';
import type { LoadedConfig } from '../config/load-config';
import { readSmallFile } from '../config/secret-file';
import { dataFolder } from '../database/connect';
import { AssayError, UserError } from '../errors';
import { FileCache } from '../store/file-cache';
import { RemoteFiles } from '../store/remote-files';
import { StoreClient } from '../store/store-client';
import { parseStoreAddress } from '../store/store-request';
import type { CommandIo } from './output/command-io';
import { printable } from './output/printable';

export interface RemoteFlags {
  api?: string;
  tokenFile?: string;
}

const MAX_TOKEN_FILE_BYTES = 1024;

/**
 * @param stop ends what is being fetched
 * @returns undefined where the worker reads this installation's own files
 * @throws UserError STORE_ADDRESS_INVALID, WORKER_TOKEN_INVALID, WORKER_DATABASE_MISSING; OperationalError
 *   STORE_ACCESS_DENIED, STORE_FILE_MISSING where the service is there and not the right one
 */
export async function remoteFiles(
  { api, tokenFile }: RemoteFlags,
  loaded: LoadedConfig,
  io: CommandIo,
  stop: AbortSignal,
): Promise<RemoteFiles | undefined> {
  if (api === undefined) return undefined;
  const url = parseStoreAddress(api);
  requireDatabase(loaded, url);
  const client = new StoreClient({ url, token: await tokenOf(tokenFile) }, stop);
  await client.check().catch((error: unknown) => {
    if (!(error instanceof AssayError) || error.code !== 'STORE_UNREACHABLE') throw error;
    // It may start after its workers; a shard waits for it.
    io.stderr.write(`${error.code}: ${printable(error.message)}\n`);
  });
  const { cacheBytes } = loaded.config.worker;
  const cache = new FileCache(path.join(dataFolder(loaded), 'cache'), cacheBytes);
  await cache.removeLeftovers();
  return new RemoteFiles(client, cache);
}

/** Of a worker elsewhere an embedded database would be one of its own, in which nothing ever happens. */
function requireDatabase({ databaseUrl, config }: LoadedConfig, url: string): void {
  const { hostname } = new URL(url);
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  if (isHere || databaseUrl !== undefined || config.database.credentials !== null) return;
  throw new UserError(
    'WORKER_DATABASE_MISSING',
    `a worker of ${url} needs the database of that service: set DATABASE_URL, or database.credentials in config.yaml`,
  );
}

/** Never an argument: those are seen by everybody on the machine. */
async function tokenOf(file: string | undefined): Promise<string | undefined> {
  const from = file === undefined ? 'ASSAY_TOKEN' : file;
  const text = file === undefined ? process.env['ASSAY_TOKEN'] : await textOf(file);
  const token = text?.trim();
  if (!token && file === undefined) return undefined;
  if (token !== undefined && looksLikeToken(token)) return token;
  throw new UserError(
    'WORKER_TOKEN_INVALID',
    `${from} holds no token of Assay; "assay token create --role worker" makes one, which begins with assay_`,
  );
}

async function textOf(file: string): Promise<string | undefined> {
  const content = await readSmallFile(file, MAX_TOKEN_FILE_BYTES);
  return Buffer.isBuffer(content) && isUtf8(content) ? content.toString('utf8') : undefined;
}
