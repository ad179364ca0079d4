/** The gate on points: which thresholds a report meets. */
import { UserError } from '../errors';
import type { Report } from './report';

/** What the gate reads of a report. */
export type GateFigures = Pick<
  Report,
  'loss' | 'accuracy' | 'balancedAccuracy' | 'macro' | 'micro' | 'weighted'
>;

export type BoundKind = 'minimum' | 'maximum';

/** The metrics that config.yaml may bound, by their names there. */
const GATED = {
  accuracy: ['minimum', (r) => r.accuracy],
  balanced_accuracy: ['minimum', (r) => r.balancedAccuracy],
  macro_precision: ['minimum', (r) => r.macro.precision],
  macro_recall: ['minimum', (r) => r.macro.recall],
  macro_f1: ['minimum', (r) => r.macro.f1],
  micro_f1: ['minimum', (r) => r.micro.f1],
  weighted_f1: ['minimum', (r) => r.weighted.f1],
  loss: ['maximum', (r) => r.loss],
} as const satisfies Record<string, readonly [BoundKind, (figures: GateFigures) => number]>;

export type GateMetric = keyof typeof GATED;
export const GATE_METRICS = Object.keys(GATED) as readonly GateMetric[];

/** Bounds by metric; all are minimum values but `loss`, a maximum. Equal to the bound passes. */
export type Thresholds = Partial<Record<GateMetric, number>>;

export interface ThresholdCheck {
  metric: GateMetric;
  kind: BoundKind;
  bound: number;
  actual: number;
  passed: boolean;
}

export interface GateResult {
  passed: boolean;
  /** In the order of the thresholds given. */
  checks: ThresholdCheck[];
}

/**
 * Holds each threshold against the report. A figure or bound that is NaN or missing fails its check.
 *
 * @throws UserError GATE_EMPTY where no threshold is given (such a gate would pass anything),
 *   GATE_METRIC_UNKNOWN where one names no metric of ours
 */
export function checkThresholds(figures: GateFigures, thresholds: Thresholds): GateResult {
  const checks = Object.entries(thresholds).map(([name, bound]) => check(figures, name, bound));
  if (checks.length === 0) {
    throw new UserError(
      'GATE_EMPTY',
      'The gate has no thresholds and would pass anything: set some under "thresholds" in ' +
        `config.yaml (${GATE_METRICS.join(', ')}).`,
    );
  }
  return { passed: checks.every(({ passed }) => passed), checks };
}

function check(figures: GateFigures, name: string, bound: number): ThresholdCheck {
  if (!isGateMetric(name)) {
    throw new UserError(
      'GATE_METRIC_UNKNOWN',
      `The gate knows no metric ${JSON.stringify(name)}; it knows ${GATE_METRICS.join(', ')}.`,
      { details: { metric: name } },
    );
  }
  const [kind, figureOf] = GATED[name];
  const actual = figureOf(figures);
  // NaN and undefined compare as false on either side, so they fail.
  const passed = kind === 'minimum' ? actual >= bound : actual <= bound;
  return { metric: name, kind, bound, actual, passed };
}

function isGateMetric(name: string): name is GateMetric {
  return Object.hasOwn(GATED, name);
}
