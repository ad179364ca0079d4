/** `assay checkpoint register` in this process, on a database and a data folder of its own. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Checkpoint } from '../../../src/checkpoints/checkpoint.entity';
import { CheckpointAliasService } from '../../../src/checkpoints/checkpoint-alias.service';
import { runCommand } from '../../../src/cli/program';
import { writeOnnxModel } from '../../support/layers-models';
import { openTestDatabase, type OpenTestDatabase } from '../../support/open-test-database';
import { temporaryFolder } from '../../support/temporary-folder';
import { Capture } from '../score/capture';

const environment = { ...process.env };
let database: OpenTestDatabase;
let folder: string;
let model: string;

beforeAll(async () => {
  database = await openTestDatabase({ migrated: false });
  folder = await temporaryFolder();
  model = await writeOnnxModel(path.join(folder, 'net.onnx'), path.join(folder, 'layers'));
  const config = path.join(folder, 'config.yaml');
  await writeFile(config, 'checkpoint_roots: []\nlog_level: silent\n');
  process.env.ASSAY_CONFIG = config;
  process.env.ASSAY_DATA_PATH = path.join(folder, 'data');
  process.env.DATABASE_URL = database.url;
});

afterAll(async () => {
  process.env = environment;
  await database.end();
});

const register = (...args: string[]) => command('register', ...args);

async function command(...args: string[]) {
  const [stdout, stderr] = [new Capture(), new Capture()];
  const io = { stdout, stderr, isTty: false };
  const code = await runCommand(['node', 'assay', 'checkpoint', ...args], io);
  return { code, stdout: stdout.text, stderr: stderr.text };
}

const rows = () =>
  database.dataSource.query<Record<string, unknown>[]>(
    'SELECT name, tags, notes, preprocessing FROM checkpoint ORDER BY created_at',
  );

it('stores any file that its user can read, with what the flags say, once', async () => {
  const flags = ['--name', 'net', '--tag', 'a', '--tag', 'b', '--notes', 'hi', '--json'];
  const numbers = ['--scale', '0.01', '--mean', '-0.5', '--std', '0.25', '--output', 'logits'];
  const first = await register(model, ...flags, ...numbers);
  expect(first).toMatchObject({ code: 0, stderr: '' });
  const answer = JSON.parse(first.stdout) as Record<string, unknown>;
  expect(answer).toMatchObject({
    created: true,
    digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  });
  const again = await register(model, ...numbers, '--json');
  expect(JSON.parse(again.stdout)).toEqual({ ...answer, created: false });
  expect(await rows()).toEqual([
    {
      name: 'net',
      tags: ['a', 'b'],
      notes: 'hi',
      preprocessing: {
        scale: 0.01,
        mean: [-0.5],
        std: [0.25],
        channelOrder: 'RGB',
        output: 'logits',
      },
    },
  ]);
});

it('says for people what was registered', async () => {
  const { code, stdout } = await register(model);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^Registered net\.onnx \(onnx, 7,850 parameters\)\n {2}id +[0-9a-f-]{36}\n/,
  );
  expect(stdout).toContain('preprocessing');
  expect((await register(model)).stdout).toMatch(/^Known already/);
});

it('names what it was made from by its id, its digest or an alias', async () => {
  const { dataSource } = database;
  const made = (await register(model, '--scale', '3', '--json')).stdout;
  const parent = JSON.parse(made) as { id: string };
  await new CheckpointAliasService(dataSource).set('champion', parent.id);
  const next = await writeOnnxModel(path.join(folder, 'b.onnx'), path.join(folder, 'b'), {
    filters: [2],
  });
  const byAlias = await register(next, '--parent', 'champion', '--json');
  const { id, digest } = JSON.parse(byAlias.stdout) as { id: string; digest: string };
  const byId = await register(next, '--scale', '3', '--parent', id, '--json');
  const last = await writeOnnxModel(path.join(folder, 'c.onnx'), path.join(folder, 'c'), {
    filters: [3],
  });
  const ambiguous = await register(last, '--parent', digest, '--json');
  expect(ambiguous.stderr).toContain('CHECKPOINT_AMBIGUOUS');
  await dataSource.query('UPDATE checkpoint SET deleted_at = now() WHERE id = $1', [id]);
  const byDigest = await register(last, '--parent', digest.toUpperCase(), '--json');
  const idIn = ({ stdout }: { stdout: string }) => (JSON.parse(stdout) as { id: string }).id;
  const parentOf = async (of: string) =>
    (await dataSource.manager.findOneByOrFail(Checkpoint, { id: of })).parentId;
  expect(await parentOf(id)).toBe(parent.id);
  expect(await parentOf(idIn(byId))).toBe(id);
  expect(await parentOf(idIn(byDigest))).toBe(idIn(byId));

  const shown = await command('show', idIn(byId), '--json');
  expect(JSON.parse(shown.stdout)).toMatchObject({
    parent: { id, name: 'b.onnx', isDeleted: true },
  });
  const text = (await command('show', idIn(byId))).stdout;
  expect(text).toMatch(new RegExp(`^Parent +b\\.onnx \\(${id}\\), deleted$`, 'm'));
  expect((await command('show', parent.id)).stdout).not.toContain('Parent');
});

it.each([
  [['--parent', 'nobody'], 'ALIAS_NOT_FOUND'],
  [['--parent', 'a'.repeat(64)], 'CHECKPOINT_NOT_FOUND'],
  [['nothing-here.onnx'], 'CHECKPOINT_NOT_FOUND'],
  [['--mean', '1,2,3'], 'PREPROCESSING_INVALID'],
  [['--std', '0'], 'PREPROCESSING_INVALID'],
  [['--tag', ''], 'CHECKPOINT_DETAILS_INVALID'],
  [['--name', 'x'.repeat(201)], 'CHECKPOINT_DETAILS_INVALID'],
  [['--scale', 'many'], 'a number is needed'],
  [['--output', 'words'], 'Allowed choices are logits, probabilities'],
])('is refused for %j, and nothing is stored', async (args, said) => {
  const before = await rows();
  const [first = ''] = args;
  const { code, stderr, stdout } = await register(
    ...(first.startsWith('-') ? [model] : []),
    ...args,
  );
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(said);
  expect(await rows()).toEqual(before);
});
