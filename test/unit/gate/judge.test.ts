import { type GateEvidence, type GateFigure, judge } from '../../../src/metrics/gate/judge';
import { mcnemarExact } from '../../../src/metrics/comparison/mcnemar';
import type { GateRule, GateSubject } from '../../../src/metrics/gate/rule';

const accuracy: GateSubject = { metric: 'accuracy' };
const loss: GateSubject = { metric: 'loss' };

function evidence(
  figures: Record<string, GateFigure>,
  baseline?: Record<string, GateFigure>,
  mcnemar = mcnemarExact(0, 0),
): GateEvidence {
  const of = (from: Record<string, GateFigure>) => (subject: GateSubject) =>
    from['className' in subject ? `${subject.className}.${subject.metric}` : subject.metric];
  return {
    figureOf: of(figures),
    ...(baseline && { baseline: { figureOf: of(baseline), mcnemar } }),
  };
}

const only = (rule: GateRule, given: GateEvidence) => {
  const { passed, checks } = judge([rule], given);
  const [check] = checks;
  if (check === undefined) throw new Error('a rule has a check');
  expect(passed).toBe(check.passed);
  return check;
};

const minimum = (bound: number, on: 'point' | 'lower_bound' | 'upper_bound' = 'point') =>
  ({ kind: 'minimum', subject: accuracy, on, bound }) as const;

describe('a bound', () => {
  test.each([
    [0.8, true],
    [0.79, true],
    [0.8000001, false],
    [NaN, false],
  ])('of at least %p on 0.8: %p', (bound, passed) => {
    expect(only(minimum(bound), evidence({ accuracy: { value: 0.8 } })).passed).toBe(passed);
  });

  test('from above holds the loss down', () => {
    const rule = { kind: 'maximum', subject: loss, on: 'point', bound: 0.5 } as const;
    expect(only(rule, evidence({ loss: { value: 0.5 } })).passed).toBe(true);
    const missed = only(rule, evidence({ loss: { value: 0.51 } }));
    expect(missed).toMatchObject({ passed: false, reason: 'loss is 0.5100, above 0.5' });
  });

  test("is held against the interval's end where asked", () => {
    const given = evidence({ accuracy: { value: 0.8, interval: { low: 0.77, high: 0.83 } } });
    expect(only(minimum(0.78, 'lower_bound'), given)).toMatchObject({ passed: false, value: 0.77 });
    expect(only(minimum(0.83, 'upper_bound'), given)).toMatchObject({ passed: true, value: 0.83 });
  });

  test.each<[string, Record<string, GateFigure>, RegExp]>([
    ['missing', {}, /has no accuracy/],
    ['undefined', { accuracy: { value: null } }, /accuracy, lower bound is undefined/],
    ['without an interval', { accuracy: { value: 0.9 } }, /no interval/],
    ['not a number', { accuracy: { value: 0.9, interval: { low: NaN, high: 1 } } }, /no interval/],
  ])('fails on a figure that is %s', (_, figures, reason) => {
    const check = only(minimum(0, 'lower_bound'), evidence(figures));
    expect(check).toMatchObject({ passed: false, value: null });
    expect(check.reason).toMatch(reason);
  });

  test('of a class knows its class by name', () => {
    const subject: GateSubject = { metric: 'recall', className: 'Shirt' };
    const rule: GateRule = { kind: 'minimum', subject, on: 'point', bound: 0.6 };
    expect(only(rule, evidence({ 'Shirt.recall': { value: 0.7 } }))).toMatchObject({
      passed: true,
      name: 'recall of class "Shirt"',
    });
    expect(only(rule, evidence({ recall: { value: 1 } })).passed).toBe(false);
  });
});

describe('a drop', () => {
  const drop = (subject: GateSubject, bound: number): GateRule => ({
    kind: 'max_drop',
    subject,
    bound,
  });

  test.each([
    [accuracy, 0.75, 0.75, 0, true],
    [accuracy, 0.5, 0.75, 0.25, true],
    [accuracy, 0.5, 0.75, 0.2, false],
    [accuracy, 0.75, 0.5, 0, true],
    [loss, 0.75, 0.5, 0.2, false],
    [loss, 0.5, 0.75, 0, true],
  ])('of %p from %p on, now %p, within %p', (subject, now, before, bound, passed) => {
    const name = subject.metric;
    const given = evidence({ [name]: { value: now } }, { [name]: { value: before } });
    expect(only(drop(subject, bound), given)).toMatchObject({ passed, baselineValue: before });
  });

  test('fails where there is no baseline, or the baseline has no figure', () => {
    const now = { accuracy: { value: 0.9 } };
    expect(only(drop(accuracy, 1), evidence(now)).reason).toMatch(/there is no baseline/);
    expect(only(drop(accuracy, 1), evidence(now, {})).passed).toBe(false);
  });
});

describe("McNemar's test", () => {
  const rule: GateRule = { kind: 'no_worse_by_mcnemar', alpha: 0.05 };

  // p of binomtest(2, 20): 0.0004; of binomtest(8, 20): 0.5034.
  test.each([
    [18, 2, false],
    [12, 8, true],
    [2, 18, true],
    [0, 0, true],
  ])('with %p right turned wrong and %p wrong turned right', (lost, won, passed) => {
    const check = only(rule, evidence({}, {}, mcnemarExact(lost, won)));
    expect(check).toMatchObject({ passed, value: mcnemarExact(lost, won).pExact });
  });

  test('fails where nothing was compared', () => {
    expect(only(rule, evidence({})).passed).toBe(false);
    const noTest = { figureOf: () => undefined, baseline: { figureOf: () => undefined } };
    expect(only(rule, noTest).passed).toBe(false);
  });
});

test('a gate without rules is an error, not a pass', () => {
  expect(() => judge([], evidence({}))).toThrow(
    expect.objectContaining({ code: 'GATE_EMPTY' }) as Error,
  );
});

test('one missed check is enough to miss the whole', () => {
  const given = evidence({ accuracy: { value: 0.8 } });
  expect(judge([minimum(0.7), minimum(0.9)], given)).toMatchObject({
    passed: false,
    checks: [{ passed: true }, { passed: false }],
  });
});
