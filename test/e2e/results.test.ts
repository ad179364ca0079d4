/** `assay results` as a person calls it: list, export to a pipe and to files, and misuse. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { createTestDatabase } from '../support/postgres';
import { temporaryFolder } from '../support/temporary-folder';
import { assay, freshDataFolder } from './assay-process';

const ON_SAMPLES = ['--checkpoint', 'checkpoints/sample-cnn', '--dataset', 'sample-shapes'];

it('lists what was evaluated, and exports it', async () => {
  const dataPath = await freshDataFolder();
  const folder = await temporaryFolder();
  const run = async (...flags: string[]) => {
    const ended = await assay(flags, dataPath);
    if (ended.code !== 0) throw new Error(ended.stderr);
    return ended.stdout;
  };
  expect(await run('results', 'list')).toContain('assay evaluate');
  await run('evaluate', ...ON_SAMPLES);
  const listed = JSON.parse(await run('results', 'list', '--json')) as {
    results: { id: string }[];
  };
  const id = listed.results[0]?.id ?? '';
  expect(await run('results', 'list', '--dataset', 'sample-shapes')).toContain(id);

  expect(JSON.parse(await run('results', 'export', id))).toMatchObject({ result: { id } });
  const file = path.join(folder, 'predictions.csv');
  await run('results', 'export', id, '--format', 'csv', '--output', file);
  expect(await readFile(file, 'utf8')).toMatch(
    /^index,true,predicted,true_name,predicted_name,p0 /,
  );

  const everything = path.join(folder, 'all');
  const said = await run('results', 'export', '--since', '1970-01-01', '--output', everything);
  expect(said).toMatch(/1 runs, 1 results\.\nThe next export: --since \d{4}-\d\d-\d\dT[\d:.]+Z\n$/);
  expect((await readdir(everything)).sort()).toEqual([
    ...['checkpoints.jsonl', 'datasets.jsonl', 'export.json', 'results.jsonl', 'runs.jsonl'],
  ]);

  const target = await createTestDatabase();
  try {
    const url = new URL(target.url);
    const env = { ASSAY_TARGET_PASSWORD: decodeURIComponent(url.password) };
    url.password = '';
    const copy = () =>
      assay(['results', 'export', '--to', url.href, '--predictions'], dataPath, env);
    const first = await copy();
    expect(first).toMatchObject({ code: 0 });
    expect(first.stdout).toMatch(
      /^Copied 1 checkpoints, 1 datasets, 1 runs, 1 results, [1-9]\d* prediction blocks; 0 results were there\.\nThe next: --since \S+Z\n$/,
    );
    expect((await copy()).stdout).toContain(
      'Copied 0 checkpoints, 0 datasets, 0 runs, 0 results, 0 prediction blocks; 1 results were there.',
    );
  } finally {
    await target.drop();
  }
}, 180_000);

it.each([
  ['neither a result nor a time', [], 'EXPORT_OPTIONS'],
  ['both', ['some-id', '--since', '2026-01-01', '--output', 'x'], 'EXPORT_OPTIONS'],
  ['a time without a folder', ['--since', '2026-01-01'], 'EXPORT_OPTIONS'],
  ['a folder and a database', ['--to', 'x', '--output', 'y'], 'EXPORT_OPTIONS'],
  ['--migrate alone', ['some-id', '--migrate'], 'EXPORT_OPTIONS'],
  ['no credentials', ['--to', 'no-such-file'], 'CREDENTIALS_'],
  ['no time', ['--since', 'yesterday', '--output', 'x'], 'TIME_INVALID'],
  ['an unknown format', ['some-id', '--format', 'xlsx'], 'Allowed choices'],
])('ends with 2 at %s', async (_, flags, code) => {
  const ended = await assay(['results', 'export', ...flags], await freshDataFolder());
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toContain(code);
});
