/** What a comparison comes to, in a word and in a sentence. */
import type { Interval } from '../statistics/interval';

export type Outcome = 'better' | 'worse' | 'not distinguishable';

export interface Verdict {
  outcome: Outcome;
  /** One sentence, without names: of the candidate against the baseline. */
  text: string;
}

export interface Evidence {
  sampleCount: number;
  /** Accuracy of the candidate less that of the baseline. */
  difference: number;
  /** Of the difference, at `level`. */
  interval: Interval;
  level: number;
  /** McNemar's, adjusted where several comparisons are made. */
  pValue: number;
}

/**
 * Decided by the exact test at α = 1 − level and not by the interval, which is shown beside: the test holds
 * its level at any n.
 */
export function verdictOf(evidence: Evidence): Verdict {
  const { sampleCount, difference, interval, level, pValue } = evidence;
  const significant = pValue <= alphaOf(level) && difference !== 0;
  const outcome = !significant ? 'not distinguishable' : difference > 0 ? 'better' : 'worse';
  const percent = Number((level * 100).toPrecision(6));
  const found =
    `${points(difference)} points of accuracy, ${percent} % interval ${points(interval.low)} to ` +
    `${points(interval.high)}, McNemar p = ${formatP(pValue)}`;
  const at = `n = ${sampleCount.toLocaleString('en-US')}`;
  const text =
    outcome === 'not distinguishable'
      ? `Not distinguishable at ${at}: ${found}.`
      : `${outcome === 'better' ? 'Better' : 'Worse'}: ${found}, ${at}.`;
  return { outcome, text };
}

/** 1 − level, as the decimal number that was meant: 1 − 0.95 is 0.050000000000000044 in float64. */
function alphaOf(level: number): number {
  return Number((1 - level).toPrecision(12));
}

/** A share in points, with its sign. */
function points(share: number): string {
  const text = (share * 100).toFixed(2);
  return share > 0 && Number(text) !== 0 ? `+${text}` : Number(text) === 0 ? '0.00' : text;
}

function formatP(p: number): string {
  if (p < 1e-4) return p.toExponential(1);
  return Number(p.toPrecision(4)).toString();
}
