import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import type { FullReportJson } from '../../../src/evaluations/scores/report-json';
import { scoreCommand } from '../../../src/cli/score.command';
import { itWithMirrorAndReference, itWithReference } from '../../support/reference';
import { expectClose } from '../../unit/metrics/close';
import {
  fashionFigures,
  fashionPredictions,
  fashionRankedFigures,
  metricCases,
} from '../../unit/metrics/reference-figures';
import { runScore } from './run-score';

const PETS = {
  labels: [0, 0, 1, 2],
  logits: [
    [2, 1, 0],
    [0, 3, 1],
    [1, 4, 2],
    [0, 1, 5],
  ],
  classes: ['cat', 'dog', '\u001b]0;owned\u0007fox'],
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'assay-score-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function fileOf(content: string | Buffer): Promise<string> {
  const file = path.join(folder, 'predictions.json');
  await writeFile(file, content);
  return file;
}

async function json(args: readonly string[], input?: string): Promise<FullReportJson> {
  const { stdout } = await runScore(args, input);
  return JSON.parse(stdout) as FullReportJson;
}

function withCode(code: string): Error {
  return expect.objectContaining({ code, kind: 'user' }) as Error;
}

itWithReference(
  'the 40 cases pass through the command within 1e-9, or 1e-6 for ranks and bins',
  async () => {
    for (const { name, labels, logits, classes, expected, ranked } of metricCases()) {
      const file = await fileOf(JSON.stringify({ labels, logits, classes }));
      const ours = await json([file, '--json']);
      expectClose(ours, expected, 1e-9, name);
      expectClose(ours, ranked, 1e-6, name);
    }
  },
);

itWithMirrorAndReference("the reference CNN's 10,000 logits pass through it too", async () => {
  const { logits, labels } = fashionPredictions();
  const rows = Array.from(labels, (_, i) => [...logits.subarray(10 * i, 10 * i + 10)]);
  const ours = await json(['-', '--json'], JSON.stringify({ labels: [...labels], logits: rows }));
  const { loss, ...expected } = fashionFigures();
  expectClose(ours, expected, 1e-9);
  expectClose(ours, fashionRankedFigures(), 1e-6);
  expect(Math.abs(ours.loss - loss)).toBeLessThan(1e-6);
});

test('the table names the classes, and control characters in names do not reach the terminal', async () => {
  const { stdout } = await runScore([await fileOf(JSON.stringify(PETS))]);
  expect(stdout).toMatch(/^Accuracy +0\.7500/m);
  expect(stdout).toMatch(/^cat +1\.0000 +0\.5000 +0\.6667 +2$/m);
  expect(stdout).toMatch(/^dog +0\.5000 +1\.0000 +0\.6667 +1$/m);
  expect(stdout).toContain('\\u{1b}]0;owned\\u{7}fox');
  expect(stdout).toContain('Confusion matrix (rows true, columns predicted)');
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
});

test('--json prints one line under the field names of the reference, with the names as they are', async () => {
  const { stdout } = await runScore(['-', '--json'], JSON.stringify(PETS));
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  const ours = JSON.parse(stdout) as FullReportJson;
  expect(ours.classes).toEqual(PETS.classes);
  expect(ours.n).toBe(4);
  expect(Object.keys(ours).sort()).toEqual([
    'accuracy',
    'accuracyWilson95',
    'averagePrecision',
    'balancedAccuracy',
    'brier',
    'classes',
    'cohenKappa',
    'confusionMatrix',
    'confusionMatrixNormalized',
    'expectedCalibrationError15',
    'loss',
    'macro',
    'matthewsCorrcoef',
    'micro',
    'n',
    'perClass',
    'reliability',
    'rocAucOvr',
    'topK',
    'weighted',
  ]);
});

test('--bootstrap adds intervals with all that repeats them, in the JSON and beside the scalars', async () => {
  const input = JSON.stringify(PETS);
  const args = ['-', '--bootstrap', '200', '--seed', '4', '--stratified'];
  const { bootstrap } = await json([...args, '--json'], input);
  expect(bootstrap).toMatchObject({
    method: 'bootstrap-percentile',
    level: 0.95,
    resamples: 200,
    seed: 4,
    stratified: true,
  });
  expect(bootstrap?.intervals.accuracy).toEqual({ low: 0.5, high: 1 });
  expect(bootstrap?.otherMethods).toEqual({
    averagePrecisionMacro: 'bootstrap-basic',
    expectedCalibrationError: 'bootstrap-directional',
  });
  const { stdout } = await runScore(args, input);
  expect(stdout).toMatch(/^Accuracy +0\.7500 {2}\(0\.5000 to 1\.0000\)$/m);
  for (const title of ['ROC AUC, macro', 'Average precision, macro', 'calibration error']) {
    const line = stdout.split('\n').find((one) => one.includes(title));
    expect(line).toMatch(/\d  \(\d\.\d+ to \d\.\d+\)$/);
  }
  expect(stdout).toContain('95 % bootstrap intervals, 200 resamples, seed 4, stratified by class');
  expect(await json(['-', '--json'], input)).not.toHaveProperty('bootstrap');
});

test('--curves adds the curves of each class, null for one without samples', async () => {
  const input = JSON.stringify({ ...PETS, labels: [0, 0, 1, 1] });
  const { curves } = await json(['-', '--json', '--curves'], input);
  expect(curves).toHaveLength(3);
  expect(curves?.[0]?.roc?.[0]).toEqual({
    falsePositiveRate: 0,
    truePositiveRate: 0,
    threshold: null,
  });
  expect(curves?.[1]?.precisionRecall?.at(-1)?.recall).toBe(1);
  expect(curves?.[2]).toEqual({ roc: null, precisionRecall: null });
});

test('figures that are undefined are told so', async () => {
  const { stdout } = await runScore(['-'], '{"labels": [0], "logits": [[1, 0]]}');
  expect(stdout).toMatch(/^Cohen's kappa +undefined$/m);
  expect(stdout).toMatch(/^ROC AUC, macro +undefined$/m);
  expect(stdout).not.toContain('Top-2');
});

test.each(['0', '1.5', '1e9', '', 'many'])('--bootstrap %j is refused', async (resamples) => {
  await expect(runScore(['-', '--bootstrap', resamples], '{}')).rejects.toMatchObject({
    code: 'commander.invalidArgument',
  });
});

test('without names the classes are called by their numbers', async () => {
  const { stdout } = await runScore(['-'], JSON.stringify({ ...PETS, classes: 3 }));
  expect(stdout).toMatch(/^0 +1\.0000 +0\.5000/m);
  expect(await json(['-', '--json'], JSON.stringify({ ...PETS, classes: 3 }))).not.toHaveProperty(
    'classes',
  );
});

test('what is no JSON is refused with words about NaN, and a quote of it can not reach the terminal', async () => {
  await expect(runScore(['-'], '{"labels": [0], "logits": [[NaN, 1]]}')).rejects.toThrow(
    /NaN and Infinity are not JSON/,
  );
  await expect(runScore(['-'], '')).rejects.toThrow(withCode('SCORE_NOT_JSON'));
  await expect(runScore(['-'], Buffer.of(0xff, 0xfe, 0x7b))).rejects.toThrow(
    withCode('SCORE_NOT_JSON'),
  );
  const error: unknown = await runScore(['-'], '\u001b[2J').catch((thrown: unknown) => thrown);
  expect(error).toEqual(withCode('SCORE_NOT_JSON'));
  expect((error as Error).message).not.toContain('\u001b');
});

test('a byte order mark before the JSON is no error', async () => {
  expect((await json(['-', '--json'], `\ufeff${JSON.stringify(PETS)}`)).n).toBe(4);
});

test('1e999 is refused as a logit, not taken as infinity', async () => {
  await expect(runScore(['-'], '{"labels": [0], "logits": [[1, 1e999]]}')).rejects.toThrow(
    withCode('SCORE_LOGIT_INVALID'),
  );
});

test('finite logits whose loss overflows give an error, never a number', async () => {
  await expect(runScore(['-'], '{"labels": [1], "logits": [[1e308, -1e308]]}')).rejects.toThrow(
    withCode('LOSS_OVERFLOW'),
  );
});

test('a missing file, a folder and an endless device are refused', async () => {
  await expect(runScore([path.join(folder, 'absent.json')])).rejects.toThrow(
    withCode('SCORE_FILE_UNREADABLE'),
  );
  await expect(runScore([folder])).rejects.toThrow(withCode('SCORE_FILE_UNREADABLE'));
  await expect(runScore(['/dev/zero'])).rejects.toThrow(withCode('SCORE_FILE_TOO_LARGE'));
});

test('help says what the file holds and goes to the stream that the command was given', async () => {
  const stdout = new PassThrough({ encoding: 'utf8' });
  const command = scoreCommand({ stdout, stderr: stdout, isTty: false }).exitOverride();
  await expect(command.parseAsync(['--help'], { from: 'user' })).rejects.toMatchObject({
    exitCode: 0,
  });
  expect(stdout.read()).toMatch(/score \[options\] <file>[\s\S]*"labels"[\s\S]*--json/);
});
