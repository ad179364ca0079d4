import { type ShownGate, writeGate } from '../../../src/cli/output/gate-view';
import type { GateCheck } from '../../../src/metrics/gate/judge';
import { Capture } from './capture';

const PASSED: GateCheck = {
  name: 'accuracy',
  kind: 'minimum',
  subject: { metric: 'accuracy' },
  threshold: 0.7,
  value: 0.8033,
  baselineValue: 0.79,
  passed: true,
  reason: 'accuracy is 0.8033, at least 0.7',
};
const MISSED: GateCheck = {
  name: 'loss',
  kind: 'maximum',
  subject: { metric: 'loss' },
  threshold: 0.5,
  value: 0.6,
  baselineValue: null,
  passed: false,
  reason: 'loss is 0.6000, above 0.5',
};
const DUMMIES: ShownGate['dummyBaselines'] = [
  { strategy: 'stratified', accuracy: 0.1, macroF1: 0.1, loss: null },
];

function linesOf(checks: GateCheck[]): string[] {
  const out = new Capture();
  const passed = checks.every((check) => check.passed);
  writeGate(out, { passed, checks, dummyBaselines: DUMMIES });
  return out.lines;
}

test('each check is told with its threshold, value, baseline and verdict; then why, and the whole', () => {
  expect(linesOf([PASSED, MISSED])).toEqual([
    'Check     Threshold   Value  Baseline',
    'accuracy      ≥ 0.7  0.8033    0.7900  passed',
    'loss          ≤ 0.5  0.6000         -  missed',
    '  loss is 0.6000, above 0.5',
    'Guessing would reach an accuracy of: stratified 0.1000 (macro-F1 0.1000).',
    'Gate missed: 1 of 2 checks.',
  ]);
});

test('a value just below its threshold is not rounded up to it', () => {
  expect(linesOf([{ ...PASSED, value: 0.699996, passed: false }])[1]).toBe(
    'accuracy      ≥ 0.7  0.699996    0.7900  missed',
  );
});

test('a value that is missing is shown as such', () => {
  expect(linesOf([{ ...PASSED, value: null, passed: false }])[1]).toMatch(/- +0\.7900 {2}missed$/);
});

test('a name from a dataset can not steer the terminal', () => {
  const name = 'recall of class "\u001b[2J"';
  expect(linesOf([{ ...PASSED, name }]).join('')).not.toContain('\u001b');
});
