/** What the stored scalars are called outside: by programs as in config.yaml, and by people. */
import { RESULT_METRIC_LABELS, type ResultMetric } from '../evaluations/result-metric';
import { GATE_SCALARS, type GateScalar } from '../metrics/gate/rule';

export interface NamedMetric {
  metric: ResultMetric;
  /** In config.yaml: `macro_f1`. */
  key: GateScalar;
  label: string;
}

/** All of them, the accuracy first. */
export const NAMED_METRICS: readonly NamedMetric[] = Object.entries(GATE_SCALARS).map(
  ([key, metric]) => ({ metric, key: key as GateScalar, label: RESULT_METRIC_LABELS[metric] }),
);
