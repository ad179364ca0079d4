/** The gate: which rules a result meets. */
import { UserError } from '../../errors';
import type { McNemar } from '../comparison/mcnemar';
import type { Interval } from '../statistics/interval';
import { type GateOn, type GateRule, type GateSubject, LESS_IS_BETTER, subjectWords } from './rule';

export interface GateFigure {
  /** null where the metric is undefined. */
  value: number | null;
  /** Absent where the result keeps none. */
  interval?: Interval;
}

/** Gives undefined where a result knows no such metric, class or slice. */
export type FigureOf = (subject: GateSubject) => GateFigure | undefined;

export interface GateEvidence {
  figureOf: FigureOf;
  /** Needed by rules on a baseline. */
  /** A is the baseline, B the result. */
  baseline?: { figureOf: FigureOf; mcnemar?: McNemar };
}

export interface GateCheck {
  kind: GateRule['kind'];
  /** As `subjectWords` gives it; "predictions" for McNemar's test. */
  name: string;
  subject: GateSubject | null;
  /** What was held against the threshold: a point, a bound, a drop or a p-value; null where there is none. */
  value: number | null;
  threshold: number;
  baselineValue: number | null;
  passed: boolean;
  /** A sentence. */
  reason: string;
}

export interface GateVerdict {
  passed: boolean;
  /** In the order of the rules. */
  checks: GateCheck[];
}

/**
 * Holds each rule against the evidence. A value equal to its bound passes; one that is missing, undefined
 * or not finite fails, and so does a rule on a baseline where there is none.
 *
 * @throws UserError GATE_EMPTY where there is no rule: such a gate would pass anything
 */
export function judge(rules: readonly GateRule[], evidence: GateEvidence): GateVerdict {
  if (rules.length === 0) {
    throw new UserError(
      'GATE_EMPTY',
      'The gate has no rules and would pass anything: set some under "thresholds" or "gate" in config.yaml.',
    );
  }
  const checks = rules.map((rule) => checkOf(rule, evidence));
  return { passed: checks.every(({ passed }) => passed), checks };
}

function checkOf(rule: GateRule, evidence: GateEvidence): GateCheck {
  switch (rule.kind) {
    case 'minimum':
    case 'maximum':
      return boundCheck(rule, evidence);
    case 'max_drop':
      return dropCheck(rule, evidence);
    case 'no_worse_by_mcnemar':
      return mcnemarCheck(rule.alpha, evidence);
  }
}

function boundCheck(
  { kind, subject, on, bound }: Extract<GateRule, { kind: 'minimum' | 'maximum' }>,
  { figureOf, baseline }: GateEvidence,
): GateCheck {
  const name = `${subjectWords(subject)}${on === 'point' ? '' : `, ${ON_WORDS[on]}`}`;
  const figure = figureOf(subject);
  const value = finite(numberOf(figure, on));
  const baselineValue = finite(numberOf(baseline?.figureOf(subject), on));
  const common = { kind, name, subject, threshold: bound, value, baselineValue };
  if (value === null) return { ...common, passed: false, reason: whyMissing(name, figure) };
  // A bound that is NaN compares as false on either side, so it fails.
  const passed = kind === 'minimum' ? value >= bound : value <= bound;
  const sign = kind === 'minimum' ? ['at least', 'below'] : ['at most', 'above'];
  const reason = `${name} is ${shown(value, bound)}, ${passed ? sign[0] : sign[1]} ${bound}`;
  return { ...common, passed, reason };
}

function dropCheck(
  { kind, subject, bound }: Extract<GateRule, { kind: 'max_drop' }>,
  { figureOf, baseline }: GateEvidence,
): GateCheck {
  const name = `drop of ${subjectWords(subject)}`;
  const figure = figureOf(subject);
  const now = finite(figure?.value);
  const before = finite(baseline?.figureOf(subject)?.value);
  const common = { kind, name, subject, threshold: bound, baselineValue: before };
  const failed = (reason: string) => ({ ...common, value: null, passed: false, reason });
  if (!baseline) return failed(NO_BASELINE);
  if (now === null) return failed(whyMissing(subjectWords(subject), figure));
  if (before === null) return failed(`the baseline has no ${subjectWords(subject)}`);
  const drop = LESS_IS_BETTER.has(subject.metric) ? now - before : before - now;
  const passed = drop <= bound;
  const words =
    drop > 0 ? `${shown(drop, bound)} worse than` : `${shown(-drop, -bound)} better than`;
  const reason = `${subjectWords(subject)} is ${drop === 0 ? 'equal to' : words} the baseline's, ${passed ? 'within' : 'over'} ${bound}`;
  return { ...common, value: drop, passed, reason };
}

function mcnemarCheck(alpha: number, { baseline }: GateEvidence): GateCheck {
  const common = {
    kind: 'no_worse_by_mcnemar' as const,
    name: 'predictions',
    subject: null,
    threshold: alpha,
    baselineValue: null,
  };
  if (!baseline) return { ...common, value: null, passed: false, reason: NO_BASELINE };
  if (!baseline.mcnemar) {
    return {
      ...common,
      value: null,
      passed: false,
      reason: 'it was not compared with the baseline',
    };
  }
  const { onlyA: lost, onlyB: won, pExact: pValue } = baseline.mcnemar;
  const worse = lost > won;
  const passed = !(worse && pValue < alpha);
  const reason =
    `against the baseline ${lost} right became wrong and ${won} wrong became right ` +
    `(McNemar p = ${shown(pValue, alpha)}): ${passed ? 'not significantly worse' : 'significantly worse'} at ${alpha}`;
  return { ...common, value: pValue, passed, reason };
}

const NO_BASELINE = 'there is no baseline: name an alias or a result';
const ON_WORDS = { lower_bound: 'lower bound', upper_bound: 'upper bound' } as const;

function numberOf(figure: GateFigure | undefined, on: GateOn): number | null | undefined {
  if (on === 'point') return figure?.value;
  return on === 'lower_bound' ? figure?.interval?.low : figure?.interval?.high;
}

function finite(value: number | null | undefined): number | null {
  return value !== null && value !== undefined && Number.isFinite(value) ? value : null;
}

function whyMissing(name: string, figure: GateFigure | undefined): string {
  if (figure === undefined) return `the result has no ${name}`;
  return figure.value === null
    ? `${name} is undefined`
    : `the result keeps no interval for ${name}`;
}

/** At least four decimals, and as many as it takes for the text to tell the same verdict as the number. */
export function shown(value: number, bound: number): string {
  for (let decimals = 4; Number.isFinite(value) && decimals < 17; decimals++) {
    const text = value.toFixed(decimals);
    if (Math.sign(Number(text) - bound) === Math.sign(value - bound)) return text;
  }
  return String(value);
}
