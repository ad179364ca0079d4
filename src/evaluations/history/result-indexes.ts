/** The indexes from which pages of results are read; decision 0015 says what each is for and costs. */
import { Index } from 'typeorm';
import { RESULT_METRICS } from '../result-metric';
import { columnOf } from './result-order';

/** All that a filter can name beside checkpoint, dataset and split: an index that ends in these answers alone. */
const FILTERED = ['engine', 'checkpointId', 'datasetId', 'split', ...RESULT_METRICS];

export const IndexedResults: ClassDecorator = (target) => {
  const index = (name: string, properties: string[]) => {
    Index(`evaluation_result_${name}_idx`, properties)(target);
  };
  for (const metric of RESULT_METRICS) {
    index(columnOf(metric), [metric, 'runId']);
    index(`split_${columnOf(metric)}`, ['datasetId', 'split', metric, 'runId']);
  }
  index('created_at', ['createdAt', 'runId']);
  index('engine', ['engine', 'createdAt', 'runId']);
  index('split', unique(['datasetId', 'split', 'createdAt', 'runId', ...FILTERED]));
  index('checkpoint', unique(['checkpointId', 'createdAt', 'runId', ...FILTERED]));
};

function unique(names: string[]): string[] {
  return [...new Set(names)];
}
