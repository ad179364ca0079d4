/** A service to which strangers give checkpoints, and a look at everything that they could have changed. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AssayError } from '../../../src/errors';
import { startTestService, type TestService } from '../../support/test-service';
import { upload } from '../upload/upload-client';

export type Files = Readonly<Record<string, Uint8Array>>;

export interface Refusal {
  code: string;
  message: string;
}

const REGISTER =
  'mutation ($input: RegisterCheckpointInput!) { registerCheckpoint(input: $input) { id } }';

export class HostileService {
  private constructor(readonly service: TestService) {}

  static async start(): Promise<HostileService> {
    const service = await startTestService();
    // The store is made with the first checkpoint, and would look like something left behind.
    await mkdir(service.store, { recursive: true });
    return new HostileService(service);
  }

  /**
   * Gives the checkpoint to the service in every way that there is: over GraphQL by its path, from the terminal, and
   * by upload where it is one file.
   *
   * @param given the name of its file or folder
   * @returns the refusal over GraphQL; all others have the same code
   * @throws Error where any way took it, or anything on the disk or in the database changed
   */
  async refusal(given: string, files: Files): Promise<Refusal> {
    await this.write(given, files);
    const before = await this.everything();
    const refusal = await this.byPath(given);
    const ways: [string, Refusal | undefined][] = [
      ['GraphQL', refusal],
      ['the terminal', await this.fromTerminal(given)],
    ];
    const [only] = Object.entries(files);
    const isOneFile = Object.keys(files).length === 1 && !given.endsWith('/');
    if (isOneFile && only !== undefined) ways.push(['upload', await this.byUpload(...only)]);
    const after = await this.everything();
    await this.remove(given, files);
    expect(after).toEqual(before);
    const codes = ways.map(([way, { code } = { code: 'taken' }]) => [way, code]);
    expect(codes).toEqual(ways.map(([way]) => [way, refusal?.code]));
    if (refusal === undefined) throw new Error(`${given} was taken`);
    expect(refusal.message).not.toContain(path.dirname(this.service.root));
    return refusal;
  }

  /** @returns the id of the checkpoint. @throws Error where it is refused */
  async registered(given: string, files: Files): Promise<string> {
    await this.write(given, files);
    return this.service.client.register(given);
  }

  async write(given: string, files: Files): Promise<void> {
    const folder = given.endsWith('/') ? path.join(this.service.root, given) : this.service.root;
    await mkdir(folder, { recursive: true });
    for (const [name, bytes] of Object.entries(files)) {
      await writeFile(path.join(folder, name), bytes);
    }
  }

  private async remove(given: string, files: Files): Promise<void> {
    const names = given.endsWith('/') ? [given] : Object.keys(files);
    for (const name of names) await rm(path.join(this.service.root, name), { recursive: true });
  }

  private async byPath(given: string): Promise<Refusal | undefined> {
    const { errors } = await this.service.client.send(REGISTER, { input: { path: given } });
    const [error] = errors;
    return error && { code: error.extensions.code, message: error.message };
  }

  private async fromTerminal(given: string): Promise<Refusal | undefined> {
    try {
      const { registration } = this.service.app.services;
      await registration.fromPath(path.join(this.service.root, given), {});
      return undefined;
    } catch (error) {
      if (error instanceof AssayError) return { code: error.code, message: error.message };
      throw error;
    }
  }

  private async byUpload(name: string, bytes: Uint8Array): Promise<Refusal | undefined> {
    const port = Number(new URL(this.service.app.url).port);
    const query = `?filename=${encodeURIComponent(name)}`;
    const { code, text } = await upload(port, query, Buffer.from(bytes));
    return code === undefined ? undefined : { code, message: text };
  }

  /** All that lies around the roots and the store, by content, and the rows of the database. */
  async everything(): Promise<Record<string, string>> {
    const { dataSource } = this.service.app.services.database;
    const rows = await dataSource.query<unknown[]>('SELECT id, digest FROM checkpoint ORDER BY id');
    const files = await contentsOf(path.dirname(this.service.root), '');
    return { ...files, 'rows of the database': JSON.stringify(rows) };
  }
}

async function contentsOf(folder: string, below: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const [full, name] = [path.join(folder, entry.name), path.join(below, entry.name)];
    if (entry.isDirectory()) {
      Object.assign(found, { [name]: 'folder' }, await contentsOf(full, name));
    } else if (entry.isSymbolicLink()) {
      found[name] = `link to ${await readlink(full)}`;
    } else {
      found[name] = createHash('sha256')
        .update(await readFile(full))
        .digest('hex');
    }
  }
  return found;
}
