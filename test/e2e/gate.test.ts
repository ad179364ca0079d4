/** `assay gate` as a CI job runs it: exit codes, and the files it leaves. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { temporaryFolder } from '../support/temporary-folder';
import { assay, freshDataFolder } from './assay-process';

const ON_SAMPLES = ['--dataset', 'sample-shapes'];

async function configWith(gate: string): Promise<{ ASSAY_CONFIG: string }> {
  const file = path.join(await temporaryFolder(), 'config.yaml');
  await writeFile(file, `ckpt_path: checkpoints/sample-cnn\n${gate}\n`);
  return { ASSAY_CONFIG: file };
}

const folderOf = (env: { ASSAY_CONFIG: string }) => path.dirname(env.ASSAY_CONFIG);

it('ends with 0 where all is met, 1 where a rule is missed, and takes the stored result the second time', async () => {
  const dataPath = await freshDataFolder();
  const passing = await configWith('thresholds: {accuracy: 0.9}');
  const files = ['junit.xml', 'gate.md'].map((name) => path.join(folderOf(passing), name));
  const [junit = '', markdown = ''] = files;
  const passed = await assay(
    ['gate', ...ON_SAMPLES, '--junit', junit, '--markdown', markdown],
    dataPath,
    passing,
  );
  expect(passed).toMatchObject({ code: 0 });
  expect(passed.stdout).toMatch(/accuracy +≥ 0\.9 +0\.9\d+ +- +passed/);
  expect(passed.stdout).toContain('Guessing would reach');
  expect(await readFile(junit, 'utf8')).toMatch(/<testsuites tests="1" failures="0"/);
  expect(await readFile(markdown, 'utf8')).toMatch(/^## ✅ Gate passed\n/);

  const rules = '[{metric: recall, class: circle, min: 0.9999999}, {no_worse_by_mcnemar: 0.05}]';
  const missing = await configWith(`gate: {rules: ${rules}}`);
  const missed = await assay(['gate', ...ON_SAMPLES, '--json'], dataPath, missing);
  expect(missed.code).toBe(1);
  const report = JSON.parse(missed.stdout) as { result: string };
  expect(report).toMatchObject({
    passed: false,
    baseline: null,
    checks: [{ passed: false }, { kind: 'no_worse_by_mcnemar', passed: false, value: null }],
  });

  // Itself as its own baseline: nothing is worse.
  const named = ['--result', report.result, '--baseline', report.result];
  const only = await configWith('gate: {rules: [{no_worse_by_mcnemar: 0.05}]}');
  expect(await assay(['gate', ...named], dataPath, only)).toMatchObject({ code: 0 });
});

it.each([
  ['a rule nobody knows', 'gate: {rules: [{metric: acuracy, min: 1}]}', [], 'CONFIG_INVALID'],
  ['no rule', '', ON_SAMPLES, 'GATE_EMPTY'],
  [
    'a result that is not there',
    'thresholds: {accuracy: 0.5}',
    ['--result', '00000000-0000-4000-8000-000000000000'],
    'RESULT_NOT_FOUND',
  ],
  [
    'what is no id of a result',
    'thresholds: {accuracy: 0.5}',
    ['--result', 'abc'],
    'RESULT_NOT_FOUND',
  ],
])('ends with 2 at %s', async (_, gate, flags, code) => {
  const ended = await assay(['gate', ...flags], await freshDataFolder(), await configWith(gate));
  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain(code);
});
