import {
  checkThresholds,
  GATE_METRICS,
  type GateFigures,
  type Thresholds,
} from '../../../src/metrics/gate';

const scores = (value: number) => ({ precision: value, recall: value + 0.01, f1: value + 0.02 });
const FIGURES: GateFigures = {
  loss: 0.5,
  accuracy: 0.8,
  balancedAccuracy: 0.75,
  macro: scores(0.6),
  micro: scores(0.7),
  weighted: scores(0.65),
};

test('every threshold is listed with its bound, the figure and the verdict, in the order given', () => {
  expect(checkThresholds(FIGURES, { macro_f1: 0.7, accuracy: 0.7 })).toEqual({
    passed: false,
    checks: [
      { metric: 'macro_f1', kind: 'minimum', bound: 0.7, actual: 0.62, passed: false },
      { metric: 'accuracy', kind: 'minimum', bound: 0.7, actual: 0.8, passed: true },
    ],
  });
});

test('a figure equal to its bound passes, on either side', () => {
  expect(checkThresholds(FIGURES, { accuracy: 0.8, loss: 0.5 }).passed).toBe(true);
});

test('the loss is bounded from above', () => {
  expect(checkThresholds(FIGURES, { loss: 0.49 }).passed).toBe(false);
  expect(checkThresholds(FIGURES, { loss: 0.51 }).passed).toBe(true);
});

test('each metric reads its own figure', () => {
  const thresholds = Object.fromEntries(GATE_METRICS.map((metric) => [metric, 0]));
  const { checks } = checkThresholds(FIGURES, thresholds);
  expect(Object.fromEntries(checks.map(({ metric, actual }) => [metric, actual]))).toEqual({
    accuracy: 0.8,
    balanced_accuracy: 0.75,
    macro_precision: 0.6,
    macro_recall: 0.61,
    macro_f1: 0.62,
    micro_f1: 0.72,
    weighted_f1: 0.67,
    loss: 0.5,
  });
});

test('a figure or bound that is no number fails', () => {
  const verdict = (figures: GateFigures, thresholds: Thresholds) =>
    checkThresholds(figures, thresholds).passed;
  expect(verdict({ ...FIGURES, accuracy: NaN }, { accuracy: 0 })).toBe(false);
  expect(verdict({ ...FIGURES, loss: NaN }, { loss: 9 })).toBe(false);
  expect(verdict(FIGURES, { accuracy: NaN })).toBe(false);
  const missing = { ...FIGURES, accuracy: undefined as unknown as number };
  expect(verdict(missing, { accuracy: 0 })).toBe(false);
});

test('an empty gate and an unknown metric are errors, not passes', () => {
  expect(() => checkThresholds(FIGURES, {})).toThrow(
    expect.objectContaining({ code: 'GATE_EMPTY' }) as Error,
  );
  for (const name of ['acuracy', 'constructor', '__proto__']) {
    const thresholds = JSON.parse(`{"${name}": 0.1}`) as Thresholds;
    expect(() => checkThresholds(FIGURES, thresholds)).toThrow(
      expect.objectContaining({ code: 'GATE_METRIC_UNKNOWN' }) as Error,
    );
  }
});
