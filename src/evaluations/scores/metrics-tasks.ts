/** What the metrics thread can be asked for. */
import { type Predictions, scoreSamples } from '../../metrics/sample-scores';
import { classCurves, type MeasuredCurves } from '../../metrics/ranking/one-vs-rest';
import { scoreRun } from './run-scores';

export interface CurvesOrder {
  predictions: Predictions;
  classIndexes: readonly number[];
}

export const METRICS_TASKS = {
  scores: scoreRun,
  curves: ({ predictions, classIndexes }: CurvesOrder): MeasuredCurves[] =>
    classCurves(predictions, scoreSamples(predictions), classIndexes),
};

export type MetricsTasks = typeof METRICS_TASKS;
