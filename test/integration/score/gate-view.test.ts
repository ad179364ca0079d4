import { writeGate } from '../../../src/cli/output/gate-view';
import { Capture } from './capture';

const PASSED = {
  metric: 'accuracy',
  kind: 'minimum',
  bound: 0.7,
  actual: 0.8033,
  passed: true,
} as const;
const MISSED = { metric: 'loss', kind: 'maximum', bound: 0.5, actual: 0.6, passed: false } as const;

test('each threshold is told with its bound, figure and verdict, and the whole last', () => {
  const out = new Capture();
  writeGate(out, { passed: false, checks: [PASSED, MISSED] });
  expect(out.lines).toEqual([
    'Threshold  Bound  Actual',
    'accuracy   ≥ 0.7  0.8033  passed',
    'loss       ≤ 0.5  0.6000  missed',
    'Gate missed: 1 of 2 thresholds.',
  ]);
});

test('a figure just below its bound is not rounded up to it', () => {
  const out = new Capture();
  writeGate(out, { passed: false, checks: [{ ...PASSED, actual: 0.699996, passed: false }] });
  expect(out.lines[1]).toBe('accuracy   ≥ 0.7  0.699996  missed');
});

test('a figure that is no number is shown as it is', () => {
  const out = new Capture();
  writeGate(out, { passed: false, checks: [{ ...PASSED, actual: NaN, passed: false }] });
  expect(out.lines[1]).toMatch(/NaN {2}missed$/);
});
