/** Secret files are written whole, for their owner alone, and never over what somebody else put there. */
import {
  chmod,
  mkdir,
  readdir,
  readFile,
  readlink,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { writeSecretFile } from '../../../src/config/secret-file';
import { temporaryFolder } from '../../support/temporary-folder';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  file = path.join(folder, 'db.credentials');
});

const read = () => readFile(file, 'utf8');

test('a new file is readable by its owner alone, whatever the umask', async () => {
  const before = process.umask(0);
  try {
    await writeSecretFile(file, 'new', 'nothing');
  } finally {
    process.umask(before);
  }
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['db.credentials']);
});

test('a file that is there stays as it is, and a folder and a dangling link too', async () => {
  await writeFile(file, 'old');
  const dangling = path.join(folder, 'dangling');
  await symlink('nowhere', dangling);
  for (const target of [file, folder, dangling]) {
    await expect(writeSecretFile(target, 'new', 'nothing')).rejects.toMatchObject({
      code: 'CREDENTIALS_EXIST',
    });
  }
  expect(await read()).toBe('old');
  expect(await readdir(folder)).toEqual(['dangling', 'db.credentials']);
});

test('of several that make the file at once, one does', async () => {
  const writes = Array.from({ length: 8 }, (_, k) => writeSecretFile(file, `${k}`, 'nothing'));
  const ended = await Promise.allSettled(writes);
  const done = ended.flatMap(({ status }, k) => (status === 'fulfilled' ? [k] : []));
  expect(done).toHaveLength(1);
  expect(await read()).toBe(String(done[0]));
  expect(await readdir(folder)).toHaveLength(1);
});

test('a replaced file is closed to others, and a link to it stays a link', async () => {
  await writeFile(file, 'old');
  await chmod(file, 0o644);
  const link = path.join(folder, 'link');
  await symlink('db.credentials', link);
  await writeSecretFile(link, 'new', Buffer.from('old'));
  expect(await read()).toBe('new');
  expect(await readlink(link)).toBe('db.credentials');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test.each(['changed', 'old, and more', ''])(
  'a file that holds %j by now is not replaced',
  async (now) => {
    await writeFile(file, now);
    await expect(writeSecretFile(file, 'new', Buffer.from('old'))).rejects.toMatchObject({
      code: 'CREDENTIALS_CHANGED',
    });
    expect(await read()).toBe(now);
    expect(await readdir(folder)).toHaveLength(1);
  },
);

test('a folder that is not there, and one in the place of the file, are said', async () => {
  await mkdir(file);
  for (const target of [file, path.join(folder, 'none', 'db.credentials')]) {
    await expect(writeSecretFile(target, 'new', 'anything')).rejects.toMatchObject({
      code: 'CREDENTIALS_UNWRITABLE',
    });
  }
  expect(await readdir(folder)).toEqual(['db.credentials']);
});
