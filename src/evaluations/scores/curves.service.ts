/** ROC and precision-recall curves of stored results, computed from their predictions when they are asked for. */
import type { DataSource } from 'typeorm';
import type { DatasetService } from '../../datasets/dataset.service';
import type { Dataset } from '../../datasets/dataset.entity';
import { OperationalError, UserError } from '../../errors';
import type { MeasuredCurves } from '../../metrics/ranking/one-vs-rest';
import type { EvaluationResult } from '../evaluation-result.entity';
import type { MetricsThread } from './metrics-thread';
import { loadRunPredictions } from './run-predictions';

/** Curves of one class have some 800 points together. */
export const MAX_CURVES = 20;
/** Each up to a megabyte. */
const MAX_KEPT = 16;
/** Each has all outputs of its run in memory once it is its turn, and waits without them. */
const MAX_WAITING = 64;

export interface CurvesServiceOptions {
  dataSource: DataSource;
  datasets: Pick<DatasetService, 'loadLabels'>;
  metrics: MetricsThread;
}

export class CurvesService {
  /** The least recently used first. */
  private readonly kept = new Map<string, Promise<MeasuredCurves[]>>();
  private line: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  constructor(private readonly options: CurvesServiceOptions) {}

  /**
   * @param classIndexes default: the first MAX_CURVES classes
   * @returns one a class, in the order asked for
   * @throws UserError CLASS_INDEX_OUT_OF_RANGE, TOO_MANY_CURVES, what `loadRunPredictions` throws;
   *   OperationalError CURVES_BUSY
   */
  curves(
    result: EvaluationResult,
    dataset: Dataset,
    classIndexes: readonly number[] | null | undefined,
  ): Promise<MeasuredCurves[]> {
    const indexes = checkedIndexes(classIndexes, result.classCount);
    const key = `${result.runId} ${indexes.join(',')}`;
    const known = this.kept.get(key);
    this.kept.delete(key);
    const curves = known ?? this.inLine(() => this.compute(result, dataset, indexes));
    this.keep(key, curves);
    return curves;
  }

  private keep(key: string, curves: Promise<MeasuredCurves[]>): void {
    this.kept.set(key, curves);
    curves.catch(() => {
      if (this.kept.get(key) === curves) this.kept.delete(key);
    });
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= MAX_KEPT) break;
      this.kept.delete(oldest);
    }
  }

  private async inLine<T>(work: () => Promise<T>): Promise<T> {
    if (this.waiting >= MAX_WAITING) {
      throw new OperationalError(
        'CURVES_BUSY',
        `${MAX_WAITING} requests for curves wait already; ask again in some seconds`,
      );
    }
    this.waiting++;
    const turn = this.line.then(work).finally(() => this.waiting--);
    this.line = turn.catch(() => undefined);
    return turn;
  }

  private async compute(
    { runId, split, dataDigest }: EvaluationResult,
    dataset: Dataset,
    classIndexes: readonly number[],
  ): Promise<MeasuredCurves[]> {
    const { dataSource, datasets, metrics } = this.options;
    const evaluated = { runId, dataset, split, dataDigest };
    const predictions = await loadRunPredictions(dataSource.manager, datasets, evaluated);
    return metrics.run('curves', { predictions, classIndexes });
  }
}

function checkedIndexes(given: readonly number[] | null | undefined, classCount: number): number[] {
  if (!given) return Array.from({ length: Math.min(MAX_CURVES, classCount) }, (_, k) => k);
  const indexes = [...new Set(given)];
  const wrong = indexes.find((k) => !Number.isInteger(k) || k < 0 || k >= classCount);
  if (wrong !== undefined) {
    throw new UserError(
      'CLASS_INDEX_OUT_OF_RANGE',
      `there is no class ${wrong}; the result has the classes 0 to ${classCount - 1}`,
      { details: { classIndex: wrong, classCount } },
    );
  }
  if (indexes.length > MAX_CURVES) {
    throw new UserError(
      'TOO_MANY_CURVES',
      `${indexes.length} curves are more than are given at once: ask for at most ${MAX_CURVES}`,
      { details: { curves: indexes.length, max: MAX_CURVES } },
    );
  }
  return indexes;
}
