/** The indexes from which pages of results are read; decision 0021 says what each is for and costs. */
import { Index } from 'typeorm';
import { RESULT_METRICS } from '../result-metric';
import { columnOf } from './result-order';

/** All that a list is filtered and ordered by: an index that ends in these answers without the table. */
const LISTED = [
  'runId',
  'createdAt',
  'engine',
  'checkpointId',
  'datasetId',
  'split',
  ...RESULT_METRICS,
];

export const IndexedResults: ClassDecorator = (target) => {
  const index = (name: string, properties: string[]) => {
    Index(`evaluation_result_${name}_idx`, properties)(target);
  };
  const covering = (name: string, leading: string[]) => {
    index(name, [...new Set([...leading, ...LISTED])]);
  };
  for (const metric of RESULT_METRICS) {
    covering(columnOf(metric), [metric]);
    covering(`split_${columnOf(metric)}`, ['datasetId', 'split', metric]);
  }
  covering('created_at', ['createdAt']);
  index('engine', ['engine', 'createdAt', 'runId']);
  covering('split', ['datasetId', 'split', 'createdAt']);
  covering('checkpoint', ['checkpointId', 'createdAt']);
};
