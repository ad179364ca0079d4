/** What the tests of finding and downloading files share: a published file, folders, a server. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { RequestListener, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  createFileFinder,
  type FileFinder,
  type FilePlaces,
} from '../../../src/datasets/files/file-finder';
import { OperationalError } from '../../../src/errors';
import { type FileServer, startFileServer } from './file-server';

export const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 31) % 251));
export const wrongBytes = Buffer.from(bytes).fill(0, 1000, 1001);
export const file = {
  name: 'images.gz',
  sizeBytes: bytes.length,
  md5: createHash('md5').update(bytes).digest('hex'),
};

/** Short enough to wait for, long enough for a busy machine. */
const timeouts = { connectTimeoutMs: 1000, idleTimeoutMs: 500, totalTimeoutMs: 2500 };

/** Sends the right bytes, or others, with their length. */
export function send(response: ServerResponse, body: Buffer = bytes): void {
  response.writeHead(200, { 'content-length': body.length }).end(body);
}

const serveRightBytes: RequestListener = (_, response) => {
  send(response);
};

export async function put(folder: string, content: Buffer): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, file.name), content);
}

/** The error with which it fails, which must be operational. */
export async function failureOf(reading: Promise<unknown>): Promise<OperationalError> {
  const error: unknown = await reading.then(
    () => 'no error',
    (reason: unknown) => reason,
  );
  if (error instanceof OperationalError) return error;
  throw new Error(`no OperationalError but ${String(error)}`);
}

/** Folders and a server of one test; `dataDir` does not exist yet. */
export class Places {
  private constructor(
    readonly root: string,
    readonly dataDir: string,
    readonly mirrorDir: string,
  ) {}

  private server: FileServer | undefined;

  static async create(): Promise<Places> {
    const root = await mkdtemp(path.join(tmpdir(), 'assay-files-'));
    const mirrorDir = path.join(root, 'mirror');
    await mkdir(mirrorDir);
    return new Places(root, path.join(root, 'data', 'sets'), mirrorDir);
  }

  /** Starts a server, of the right bytes unless told otherwise. @returns the base addresses */
  async serve(listener: RequestListener = serveRightBytes): Promise<string[]> {
    this.server = await startFileServer(listener);
    return [this.server.base];
  }

  get requests(): readonly string[] {
    return this.server?.requests ?? [];
  }

  finder(places: Partial<FilePlaces> = {}): FileFinder {
    const { dataDir } = this;
    return createFileFinder('Pictures', [file], { dataDir, baseUrls: [], timeouts, ...places });
  }

  kept(): Promise<Buffer> {
    return readFile(path.join(this.dataDir, file.name));
  }

  namesInDataDir(): Promise<string[]> {
    return readdir(this.dataDir).catch(() => []);
  }

  async remove(): Promise<void> {
    await this.server?.close();
    await rm(this.root, { recursive: true, force: true });
  }
}
