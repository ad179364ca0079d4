import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { canEnter } from '../../../src/database/embedded/account';
import { cleanUp, freshFolder } from './fresh-folder';
import { postmasterPid, query, startHolder, type HolderOptions } from './processes';
import { makeProject, PLATFORM_PACKAGE, type Project } from './project-copy';

const run = promisify(execFile);
const isRoot = process.geteuid?.() === 0 && process.platform === 'linux';
const asRoot = isRoot ? test : test.skip;

/** In Debian's user database, and in none. */
const NOBODY = { uid: 65534, gid: 65534 };
const NAMELESS = { uid: 12345, gid: 12345 };

let place: string;
let project: Project;
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'assay-project-'));
  await chmod(place, 0o755);
  project = await makeProject(join(place, 'project'));
  if (isRoot && !(await canEnter(NAMELESS, join(process.execPath, '..')))) {
    throw new Error(`these tests run ${process.execPath} as other users, who cannot reach it`);
  }
});
afterEach(cleanUp);
afterAll(() => rm(place, { recursive: true, force: true }));

async function privateFolder(owner: { uid: number; gid: number }): Promise<string> {
  const folder = await freshFolder();
  const parent = join(folder, '..');
  await chmod(parent, 0o700);
  await chown(parent, owner.uid, owner.gid);
  return folder;
}

/** Two starts; gives the owner of the server's process in each. */
async function startTwice(dataDir: string, options: HolderOptions): Promise<number[]> {
  const owners: number[] = [];
  for (const round of [1, 2]) {
    const holder = await startHolder(dataDir, options);
    expect(holder.answer).toMatchObject({ adopted: false });
    const { connection } = holder.answer;
    await query(connection, 'CREATE TABLE IF NOT EXISTS t (round int)');
    await query(connection, 'INSERT INTO t VALUES ($1)', [round]);
    const rows = await query(connection, 'SELECT count(*)::int AS count FROM t');
    expect(rows).toEqual([{ count: round }]);
    owners.push((await stat(`/proc/${(await postmasterPid(dataDir)) ?? 0}`)).uid);
    expect(await holder.stop()).toBe(0);
  }
  return owners;
}

// In this order: the first finds the project without its links, the second makes them.
describe('library links that the install script should have made', () => {
  const links = async (): Promise<string[]> =>
    (await readdir(join(project.native, 'lib'), { withFileTypes: true }))
      .filter((entry) => entry.isSymbolicLink())
      .map((entry) => entry.name);

  asRoot(
    'are made in a private copy where the installation is not the user’s to write',
    async () => {
      const dataDir = await privateFolder(NAMELESS);
      const owners = await startTwice(dataDir, { ...NAMELESS, script: project.holder });
      expect(owners).toEqual([NAMELESS.uid, NAMELESS.uid]);
      const copies = (await readdir(dataDir)).filter((name) => name.startsWith('runtime-'));
      expect(copies).toHaveLength(1);
      expect(await links()).toEqual([]);
    },
  );

  test('are made in place', async () => {
    const holder = await startHolder(await freshFolder(), { script: project.holder });
    expect(holder.answer.adopted).toBe(false);
    expect(await holder.stop()).toBe(0);
    if (process.platform === 'linux') expect(await links()).toContain('libpq.so.5');
  });
});

describe(`the server runs${isRoot ? '' : ' (as other users: skipped, needs root on Linux)'}`, () => {
  asRoot(
    'for root in a project of mode 0700, as nobody, keeping data and changing no mode',
    async () => {
      const closed = await mkdtemp(join(tmpdir(), 'assay-closed-'));
      try {
        const own = await makeProject(join(closed, 'project'));
        await run('chmod', ['-R', 'go-rwx', closed]);
        const dataDir = join(closed, 'project', '.assay', 'postgres');
        expect(await startTwice(dataDir, { script: own.holder })).toEqual([65534, 65534]);
        expect((await stat(closed)).mode & 0o777).toBe(0o700);
        expect((await stat(join(closed, 'project'))).mode & 0o777).toBe(0o700);
        expect(await stat(join(dataDir, 'data'))).toMatchObject({ uid: 65534, gid: 65534 });

        const orphaned = await startHolder(dataDir, { script: own.holder });
        await orphaned.kill();
        const heir = await startHolder(dataDir, { script: own.holder });
        expect(heir.answer.adopted).toBe(true);
        expect(await heir.stop()).toBe(0);
      } finally {
        await rm(closed, { recursive: true, force: true });
      }
    },
  );

  asRoot('for an ordinary user in a folder of mode 0700', async () => {
    const dataDir = await privateFolder(NOBODY);
    const owners = await startTwice(dataDir, { ...NOBODY, script: project.holder });
    expect(owners).toEqual([NOBODY.uid, NOBODY.uid]);
  });

  asRoot('for a user id without a name and without HOME', async () => {
    await expect(run('getent', ['passwd', String(NAMELESS.uid)])).rejects.toMatchObject({
      code: 2,
    });
    const dataDir = await privateFolder(NAMELESS);
    const owners = await startTwice(dataDir, { ...NAMELESS, script: project.holder });
    expect(owners).toEqual([NAMELESS.uid, NAMELESS.uid]);
    // The passing copies of the programs are gone.
    const left = (await readdir(dataDir)).filter((name) => name.startsWith('init-'));
    expect(left).toEqual([]);
  });

  asRoot(
    'as the owner of an existing folder when root opens it, who can go on with it after',
    async () => {
      const dataDir = await privateFolder(NAMELESS);
      const options = { ...NAMELESS, script: project.holder };
      const first = await startHolder(dataDir, options);
      expect(await first.stop()).toBe(0);
      const root = await startHolder(dataDir, { script: project.holder });
      expect((await stat(`/proc/${(await postmasterPid(dataDir)) ?? 0}`)).uid).toBe(NAMELESS.uid);
      expect(await root.stop()).toBe(0);
      const again = await startHolder(dataDir, options);
      expect(again.answer.adopted).toBe(false);
      expect(await again.stop()).toBe(0);
    },
  );

  asRoot('not in a folder of somebody else', async () => {
    const dataDir = await privateFolder(NOBODY);
    const { answer } = await startHolder(dataDir, { ...NAMELESS, script: project.holder });
    expect(answer.code).toBe('EMBEDDED_POSTGRES_FORBIDDEN');
  });
});

test('without the optional package the refusal says what to do', async () => {
  await rename(join(project.native, '..'), join(place, 'put-away'));
  const { answer } = await startHolder(await freshFolder(), { script: project.holder });
  await rename(join(place, 'put-away'), join(project.native, '..'));
  expect(answer.code).toBe('EMBEDDED_POSTGRES_UNAVAILABLE');
  expect(answer.message).toContain(PLATFORM_PACKAGE);
  expect(answer.message).toContain('DATABASE_URL');
});

test('whether a folder can be entered is read from every folder above it', async () => {
  const outer = join(place, 'outer');
  await mkdir(join(outer, 'inner'), { recursive: true });
  const inner = join(outer, 'inner');
  await chmod(outer, 0o711);
  expect(await canEnter(NAMELESS, inner)).toBe(true);
  await chmod(outer, 0o710);
  expect(await canEnter(NAMELESS, inner)).toBe(false);
  const { gid } = await stat(outer);
  expect(await canEnter({ uid: NAMELESS.uid, gid }, inner)).toBe(true);
  expect(await canEnter({}, inner)).toBe(true);
});
