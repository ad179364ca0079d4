/** Keeps the predictions of the results that are being looked at, so that a second look costs no loading. */
import DataLoader from 'dataloader';
import type { DataSource } from 'typeorm';
import type { DatasetService } from '../datasets/dataset.service';
import type { EvaluationResult } from '../evaluations/evaluation-result.entity';
import { checkFits } from '../evaluations/scores/readable-predictions';
import { ByteLru } from './byte-lru';
import { bytesOf, type Outputs, readOutputs } from './prediction-blocks';
import { loadLabels } from './result-labels';
import { type ResultPredictions, sizeOf } from './result-predictions';
import { analysisBusy, type AnalysisThread } from './thread/analysis-thread';

/** A result of 10,000 samples and 10 classes takes one megabyte. */
const MAX_KEPT_BYTES = 256 * 1024 * 1024;
/** Of all outputs that are being read at a time: two of the largest results, or 1,300 usual ones. */
const MAX_LOADING_BYTES = 512 * 1024 * 1024;

export class PredictionStore {
  private readonly kept: ByteLru<ResultPredictions>;
  private readonly loading = new Map<string, Promise<ResultPredictions>>();
  private loadingBytes = 0;
  /** What is asked for in one turn of the event loop is read together. */
  private readonly loader = new DataLoader<EvaluationResult, ResultPredictions>(
    (results) => this.readAll(results),
    { cache: false },
  );

  constructor(
    private readonly dataSource: DataSource,
    private readonly datasets: DatasetService,
    private readonly thread: AnalysisThread,
    maxKeptBytes = MAX_KEPT_BYTES,
  ) {
    this.kept = new ByteLru(maxKeptBytes);
  }

  /**
   * A result never changes, so neither do its predictions.
   *
   * @throws UserError RESULT_DATA_CHANGED, RESULT_TOO_LARGE; OperationalError
   *   RESULT_DATA_UNAVAILABLE, RESULT_PREDICTIONS_MISSING, ANALYSIS_BUSY
   */
  async get(result: EvaluationResult): Promise<ResultPredictions> {
    const { runId } = result;
    const kept = this.kept.get(runId);
    if (kept) return kept;
    checkFits(result);
    return this.loading.get(runId) ?? this.load(result);
  }

  /** What is asked for next is read again. */
  forget(): void {
    this.kept.clear();
  }

  private load(result: EvaluationResult): Promise<ResultPredictions> {
    const bytes = bytesOf(result);
    if (this.loadingBytes + bytes > MAX_LOADING_BYTES) return Promise.reject(analysisBusy());
    this.loadingBytes += bytes;
    const loading = this.loader.load(result).finally(() => {
      this.loadingBytes -= bytes;
      this.loading.delete(result.runId);
    });
    this.loading.set(result.runId, loading);
    return loading;
  }

  private async readAll(
    results: readonly EvaluationResult[],
  ): Promise<(ResultPredictions | Error)[]> {
    const { manager } = this.dataSource;
    const [labels, outputs] = await Promise.all([
      loadLabels(manager, this.datasets, results),
      readOutputs(manager, results),
    ]);
    return Promise.all(results.map((result, i) => this.scored(result, outputs[i], labels[i])));
  }

  private async scored(
    { runId, classCount }: EvaluationResult,
    outputs: Outputs | Error | undefined,
    labels: ResultPredictions['labels'] | Error | undefined,
  ): Promise<ResultPredictions | Error> {
    if (labels instanceof Error) return labels;
    if (outputs instanceof Error) return outputs;
    if (outputs === undefined || labels === undefined) return new Error('a result was passed over');
    try {
      const labelled = { ...outputs, labels, classCount };
      const predictions = { ...labelled, scores: await this.thread.run('score', labelled) };
      this.kept.add(runId, predictions, sizeOf(predictions));
      return predictions;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }
}
