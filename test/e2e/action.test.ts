/** The action's own last step, run as a runner does: in another repository's folder, with its checkpoint. */
import { spawn } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { projectRoot } from '../../src/config/project-root';
import { removeFolder } from '../support/postgres-folder';
import { temporaryFolder } from '../support/temporary-folder';

jest.setTimeout(300_000);

interface Action {
  inputs: Record<string, { default?: string }>;
  runs: { steps: { id?: string; run?: string; env?: Record<string, string> }[] };
}

const root = projectRoot();
const { inputs, runs } = parse(readFileSync(path.join(root, 'action.yml'), 'utf8')) as Action;
const step = runs.steps.find(({ id }) => id === 'gate');

/** A repository with a checkpoint and thresholds, and what the runner would know. */
async function repository(thresholds: string) {
  const folder = await temporaryFolder();
  const workspace = path.join(folder, 'work space');
  const temp = path.join(folder, 'temp');
  await mkdir(workspace);
  await mkdir(temp);
  await cp(path.join(root, 'checkpoints/sample-cnn'), path.join(workspace, 'model'), {
    recursive: true,
  });
  await writeFile(path.join(workspace, 'assay.yaml'), `thresholds: ${thresholds}\n`);
  return {
    workspace,
    temp,
    output: path.join(temp, 'output'),
    summary: path.join(temp, 'summary'),
  };
}

async function runStep(
  { workspace, temp, output, summary }: Awaited<ReturnType<typeof repository>>,
  given: Record<string, string>,
) {
  const known: Record<string, string> = {
    'runner.temp': temp,
    'github.action_path': root,
    ...Object.fromEntries(
      Object.entries(inputs).map(([name, { default: value = '' }]) => [`inputs.${name}`, value]),
    ),
    ...Object.fromEntries(Object.entries(given).map(([name, value]) => [`inputs.${name}`, value])),
  };
  const env = Object.fromEntries(
    Object.entries(step?.env ?? {}).map(([name, text]) => [
      name,
      text.replace(
        /\$\{\{ ([\w.]+) \}\}/g,
        (_, expression: string) => known[expression] ?? 'unknown',
      ),
    ]),
  );
  await writeFile(output, '');
  await writeFile(summary, '');
  const child = spawn('bash', ['-e', '-o', 'pipefail', '-c', step?.run ?? 'exit 99'], {
    cwd: workspace,
    env: { PATH: process.env['PATH'], ...env, GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  await removeFolder(path.join(temp, 'assay', 'postgres'));
  const lines = (await readFile(output, 'utf8')).trim().split('\n');
  return {
    code,
    stderr,
    outputs: Object.fromEntries(lines.map((line) => line.split('=', 2) as [string, string])),
    summary: await readFile(summary, 'utf8'),
  };
}

it('passes a checkpoint that reaches the thresholds, with a report and its figures', async () => {
  const made = await repository('{ accuracy: 0.9, macro_f1: 0.9 }');
  const { code, stderr, outputs, summary } = await runStep(made, {
    checkpoint: 'model',
    config: 'assay.yaml',
    dataset: 'sample-shapes',
  });
  expect([code, stderr.split('\n').filter((line) => /^[A-Z_]+: /.test(line))]).toEqual([0, []]);
  expect(outputs).toMatchObject({ passed: 'true' });
  expect(summary).toContain('Gate passed');
  expect(summary).toMatch(/\| accuracy \| 0\.95\d\d \| ≥ 0\.9 \|/);
  expect(await readFile(outputs['report'] ?? '', 'utf8')).toBe(summary);
  expect(JSON.parse(await readFile(outputs['json'] ?? '', 'utf8'))).toMatchObject({
    passed: true,
    checks: [{ metric: 'accuracy', threshold: 0.9 }, { metric: 'macro_f1' }],
  });
});

it('fails one that misses a threshold with 1, and still reports', async () => {
  const made = await repository('{ accuracy: 0.99 }');
  const { code, outputs, summary } = await runStep(made, {
    checkpoint: 'model',
    config: 'assay.yaml',
    dataset: 'sample-shapes',
  });
  expect(code).toBe(1);
  expect(outputs['passed']).toBe('false');
  expect(summary).toContain('accuracy is 0.9590, below 0.99');
  expect(await readFile(outputs['junit'] ?? '', 'utf8')).toMatch(/<testsuite [^>]*failures="1"/);
});

it('takes no input for a command, and says what is wrong with one', async () => {
  const made = await repository('{ accuracy: 0.9 }');
  const { code, stderr, outputs } = await runStep(made, {
    checkpoint: '$(touch owned); `touch owned`; "; touch owned #',
    dataset: 'sample-shapes',
  });
  expect(code).toBe(2);
  expect(stderr).toContain('CHECKPOINT_NOT_FOUND: ');
  expect(outputs).toEqual({ passed: 'false' });
  await expect(readFile(path.join(made.workspace, 'owned'))).rejects.toThrow('ENOENT');
});
