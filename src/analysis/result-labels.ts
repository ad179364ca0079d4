/** The labels and images that a result was held against: of the very data that its digest names, or none. */
import { type EntityManager, In } from 'typeorm';
import type { Split } from '../datasets/dataset';
import { Dataset } from '../datasets/dataset.entity';
import type { DatasetService } from '../datasets/dataset.service';
import { AssayError, OperationalError } from '../errors';
import type { EvaluationResult } from '../evaluations/evaluation-result.entity';
import { dataChanged } from '../evaluations/scores/readable-predictions';

/** What a source says when it holds other data than were registered. */
const CHANGED_CODES = ['DATASET_CHANGED', 'DATASET_SPLIT_UNKNOWN'];

/**
 * @returns in the order of the results; what went wrong with one stands in its place (RESULT_DATA_CHANGED,
 *   RESULT_DATA_UNAVAILABLE)
 */
export async function loadLabels(
  manager: EntityManager,
  datasets: DatasetService,
  results: readonly EvaluationResult[],
): Promise<(Split['labels'] | Error)[]> {
  const ids = [...new Set(results.map(({ datasetId }) => datasetId))];
  const rows = await manager.findBy(Dataset, { id: In(ids) });
  const byId = new Map(rows.map((dataset) => [dataset.id, dataset]));
  return Promise.all(
    results.map(async (result) => {
      const dataset = byId.get(result.datasetId);
      if (!dataset) return new Error(`dataset ${result.datasetId} is gone`);
      try {
        const found = datasets.loadLabels(dataset, result.split);
        return (await unchanged(found, dataset, result)).labels;
      } catch (error) {
        return error instanceof Error ? error : new Error('no data');
      }
    }),
  );
}

/**
 * @param dataset that of the result
 * @throws UserError RESULT_DATA_CHANGED, OperationalError RESULT_DATA_UNAVAILABLE
 */
export function loadSplit(
  datasets: DatasetService,
  dataset: Dataset,
  result: EvaluationResult,
): Promise<Split> {
  return unchanged(datasets.load(dataset, result.split), dataset, result);
}

async function unchanged<Found extends { digest: string }>(
  loading: Promise<Found>,
  dataset: Dataset,
  result: EvaluationResult,
): Promise<Found> {
  let found: Found;
  try {
    found = await loading;
  } catch (error) {
    throw translated(error, result, dataset);
  }
  if (found.digest !== result.dataDigest) throw dataChanged(result, dataset);
  return found;
}

function translated(error: unknown, result: EvaluationResult, dataset: Dataset): Error {
  if (!(error instanceof AssayError)) return error instanceof Error ? error : new Error('no data');
  if (CHANGED_CODES.includes(error.code)) return dataChanged(result, dataset);
  return new OperationalError(
    'RESULT_DATA_UNAVAILABLE',
    `the split ${result.split} of ${dataset.name}, on which the result was made, can't be read here: ` +
      error.message,
    { details: { code: error.code }, cause: error },
  );
}
