/** The stored intervals as a list: in the order of the metrics, Wilson's before the bootstrap's. */
import { RESULT_METRICS, type ResultMetric } from '../result-metric';
import { IntervalMethod, type MetricInterval } from './score-fields';
import type { StoredIntervals } from './stored-intervals';

export function intervalList({ wilson, bootstrap }: StoredIntervals): MetricInterval[] {
  return RESULT_METRICS.flatMap((metric): MetricInterval[] => {
    const ofWilson = wilson.bounds[metric];
    const ofBootstrap = bootstrap?.bounds[metric];
    const found: MetricInterval[] = [];
    if (ofWilson) {
      const [lower, upper] = ofWilson;
      found.push({ metric, method: IntervalMethod.WILSON, level: wilson.level, lower, upper });
    }
    if (bootstrap && ofBootstrap) {
      const [lower, upper] = ofBootstrap;
      const { level, resamples, seed, stratified } = bootstrap;
      const method = methodOf(metric, bootstrap.otherMethods);
      found.push({ metric, method, level, lower, upper, resamples, seed, stratified });
    }
    return found;
  });
}

const METHODS = {
  'bootstrap-basic': IntervalMethod.BOOTSTRAP_BASIC,
  'bootstrap-directional': IntervalMethod.BOOTSTRAP_DIRECTIONAL,
};

function methodOf(
  metric: ResultMetric,
  otherMethods: Partial<Record<ResultMetric, keyof typeof METHODS>> = {},
): IntervalMethod {
  const other = otherMethods[metric];
  return other === undefined ? IntervalMethod.BOOTSTRAP : METHODS[other];
}
