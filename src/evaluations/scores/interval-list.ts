/** The stored intervals as a list: in the order of the metrics, Wilson's before the bootstrap's. */
import { RESULT_METRICS } from '../result-metric';
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
      const method = IntervalMethod.BOOTSTRAP;
      found.push({ metric, method, level, lower, upper, resamples, seed, stratified });
    }
    return found;
  });
}
