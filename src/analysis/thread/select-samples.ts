/** One page of the samples that a filter lets through, in the order of one of their figures. */
import type { ScoredSamples } from '../result-predictions';

export type SampleFigure = 'confidence' | 'margin' | 'loss' | 'index';

export interface SampleFilter {
  trueClass?: number | undefined;
  predictedClass?: number | undefined;
  correct?: boolean | undefined;
}

export interface SampleSelection {
  filter: SampleFilter;
  by: SampleFigure;
  descending: boolean;
  first: number;
  /** The index of the sample behind which the page begins, whether or not the filter lets it through. */
  after?: number | undefined;
}

export interface SelectedSamples {
  indexes: number[];
  /** How many the filter lets through, on all pages. */
  totalCount: number;
  hasPrevious: boolean;
  hasNext: boolean;
}

/**
 * Of samples with equal figures the lower index comes first. One pass that keeps the best of the page: the
 * time does not grow with the number of samples let through, as sorting them would have it.
 */
export function selectSamples(
  scores: ScoredSamples,
  { filter, by, descending, first, after }: SampleSelection,
): SelectedSamples {
  const values = by === 'index' ? undefined : scores[by];
  const keyOf = (i: number): number => {
    const value = values === undefined ? i : (values[i] as number);
    return descending ? -value : value;
  };
  const afterKey = after === undefined ? undefined : keyOf(after);
  const page: number[] = [];
  const keys: number[] = [];
  let totalCount = 0;
  let passed = 0;
  for (let i = 0; i < scores.sampleCount; i++) {
    if (!lets(filter, scores.labels[i] as number, scores.predicted[i] as number)) continue;
    totalCount++;
    const key = keyOf(i);
    if (afterKey !== undefined && (key < afterKey || (key === afterKey && i <= Number(after)))) {
      passed++;
      continue;
    }
    // One more than the page, to know of a next one. Indices rise, so of equal keys the earlier stays ahead.
    if (keys.length > first && key >= (keys[first] as number)) continue;
    const place = upperBound(keys, key);
    keys.splice(place, 0, key);
    page.splice(place, 0, i);
    if (keys.length > first + 1) {
      keys.pop();
      page.pop();
    }
  }
  return {
    indexes: page.slice(0, first),
    totalCount,
    hasPrevious: passed > 0,
    hasNext: page.length > first,
  };
}

function lets(filter: SampleFilter, label: number, predicted: number): boolean {
  const { trueClass, predictedClass, correct } = filter;
  return (
    (trueClass === undefined || trueClass === label) &&
    (predictedClass === undefined || predictedClass === predicted) &&
    (correct === undefined || correct === (label === predicted))
  );
}

/** The first place whose value is above `key`. */
function upperBound(sorted: readonly number[], key: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}
