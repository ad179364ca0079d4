import { appendFile, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../../src/database/embedded/embedded-postgres';
import { cleanUp, freshFolder } from './fresh-folder';

afterEach(cleanUp);

async function startAndStop(dataDir: string): Promise<void> {
  const server = await startEmbeddedPostgres({ dataDir });
  await server.stop();
}

/** Names and sizes of everything below, to see that nothing was touched. */
async function listing(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.map((entry) => join(entry.parentPath, entry.name)).sort();
}

describe('the embedded PostgreSQL refuses', () => {
  test('a folder of another major version, naming both', async () => {
    const dataDir = await freshFolder();
    await startAndStop(dataDir);
    await writeFile(join(dataDir, 'data', 'PG_VERSION'), '17\n');
    const before = await listing(dataDir);
    const refused = startEmbeddedPostgres({ dataDir });
    await expect(refused).rejects.toMatchObject({
      code: 'EMBEDDED_POSTGRES_VERSION',
      details: { found: '17', expected: '18' },
    });
    await expect(refused).rejects.toThrow(/made by PostgreSQL 17.*is PostgreSQL 18.*DATABASE_URL/);
    expect(await listing(dataDir)).toEqual(before);
  });

  test('a data directory of another version that lies in the folder itself', async () => {
    const dataDir = await freshFolder();
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'PG_VERSION'), '9.6\n');
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({
      code: 'EMBEDDED_POSTGRES_VERSION',
      details: { found: '9.6' },
    });
    expect(await readdir(dataDir)).toEqual(['PG_VERSION']);
  });

  test.each(['thesis.txt', join('data', 'photo.jpg')])(
    'a folder that holds something else: %s',
    async (name) => {
      const dataDir = await freshFolder();
      await mkdir(join(dataDir, 'data'), { recursive: true });
      await writeFile(join(dataDir, name), 'years of work');
      await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({
        code: 'EMBEDDED_POSTGRES_FOLDER_NOT_EMPTY',
      });
      expect(await readFile(join(dataDir, name), 'utf8')).toBe('years of work');
    },
  );

  test('to go on without its password file, and recovers when the file is back', async () => {
    const dataDir = await freshFolder();
    await startAndStop(dataDir);
    const file = join(dataDir, 'data', 'assay-password');
    const password = await readFile(file);
    await rm(file);
    const refused = startEmbeddedPostgres({ dataDir });
    await expect(refused).rejects.toMatchObject({ code: 'EMBEDDED_POSTGRES_PASSWORD_MISSING' });
    await writeFile(file, password);
    await startAndStop(dataDir);
  });

  test('a broken configuration, with the end of the log', async () => {
    const dataDir = await freshFolder();
    await startAndStop(dataDir);
    await appendFile(join(dataDir, 'data', 'postgresql.conf'), '\nno such line\n');
    const refused = startEmbeddedPostgres({ dataDir });
    await expect(refused).rejects.toMatchObject({ code: 'EMBEDDED_POSTGRES_START_FAILED' });
    await expect(refused).rejects.toThrow(/server\.log, ends with:[^]*syntax error/);
  });

  test('to write its log through a link', async () => {
    const dataDir = await freshFolder();
    await startAndStop(dataDir);
    const log = join(dataDir, 'server.log');
    const elsewhere = join(dataDir, '..', 'precious');
    await writeFile(elsewhere, 'as it was');
    await rm(log);
    await symlink(elsewhere, log);
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({
      code: 'EMBEDDED_POSTGRES_START_FAILED',
    });
    expect(await readFile(elsewhere, 'utf8')).toBe('as it was');
  });
});
