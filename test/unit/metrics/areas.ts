/** Areas under curves as a reader of their points would take them. */
import type { PrecisionRecallPoint } from '../../../src/metrics/ranking/precision-recall-curve';
import type { RocPoint } from '../../../src/metrics/ranking/roc-curve';

/** Under straight lines between the points of a ROC curve. */
export function areaUnder(points: readonly RocPoint[]): number {
  return points.slice(1).reduce((area, to, i) => {
    const from = points[i] as RocPoint;
    const height = (to.truePositiveRate + from.truePositiveRate) / 2;
    return area + (to.falsePositiveRate - from.falsePositiveRate) * height;
  }, 0);
}

/** Under the steps of a precision-recall curve. */
export function areaOfSteps(steps: readonly PrecisionRecallPoint[]): number {
  return steps.reduce(
    (sum, { recall, precision }, i) => sum + (recall - (steps[i - 1]?.recall ?? 0)) * precision,
    0,
  );
}
