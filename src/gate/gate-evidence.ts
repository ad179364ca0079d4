/** What the gate reads of a stored result. */
import type { SliceName } from '../analysis/slices/slice-partitions';
import { type Bounds, boundsOf } from '../evaluations/scores/stored-intervals';
import type { EvaluationResult } from '../evaluations/evaluation-result.entity';
import type { FigureOf, GateFigure } from '../metrics/gate/judge';
import { GATE_SCALARS, type GateClassMetric, type GateSliceMetric } from '../metrics/gate/rule';
import { type Report, report } from '../metrics/report';
import type { SliceFigures } from '../metrics/slices/slices';
import { wilsonInterval } from '../metrics/statistics/wilson-interval';

export type ResultSlices = readonly SliceFigures<SliceName>[];

/**
 * @param classNames in the order of the class indexes
 * @param slices all of the result; of one that is not among them nothing is known
 */
export function figuresOf(
  result: EvaluationResult,
  classNames: readonly string[],
  slices: ResultSlices,
): FigureOf {
  const found = report(result);
  return (subject) => {
    if ('className' in subject) {
      const classIndex = classNames.indexOf(subject.className);
      if (classIndex < 0) return undefined;
      return classFigure(result, found, classIndex, subject.metric);
    }
    if ('slice' in subject) return sliceFigure(slices, subject);
    const metric = GATE_SCALARS[subject.metric];
    return withBounds(result[metric], boundsOf(result.intervals, metric));
  };
}

function classFigure(
  { classRocAuc, classAveragePrecision }: EvaluationResult,
  { perClass, confusionMatrix }: Report,
  classIndex: number,
  metric: GateClassMetric,
): GateFigure | undefined {
  switch (metric) {
    case 'roc_auc':
      return { value: classRocAuc?.[classIndex] ?? null };
    case 'average_precision':
      return { value: classAveragePrecision?.[classIndex] ?? null };
    default: {
      const figures = perClass[classIndex];
      if (!figures) return undefined;
      const right = confusionMatrix[classIndex]?.[classIndex] ?? 0;
      const predicted = confusionMatrix.reduce((sum, row) => sum + (row[classIndex] ?? 0), 0);
      // Of a class that does not occur there is nothing to say, and 0 would be a verdict.
      if (figures.support === 0) return { value: null };
      const trials = { precision: predicted, recall: figures.support, f1: undefined }[metric];
      const interval = trials ? wilsonInterval(right, trials) : null;
      return { value: figures[metric], ...(interval && { interval }) };
    }
  }
}

function sliceFigure(
  slices: ResultSlices,
  { slice, metric }: { slice: string; metric: GateSliceMetric },
): GateFigure | undefined {
  const found = slices.find(({ name }) => name.name === slice);
  if (!found) return undefined;
  return metric === 'loss'
    ? { value: found.loss }
    : { value: found.accuracy, interval: found.interval };
}

function withBounds(value: number | null, bounds: Bounds | undefined): GateFigure {
  return { value, ...(bounds && { interval: { low: bounds[0], high: bounds[1] } }) };
}
