/** Looks into the predictions of results: samples, label errors. Whatever goes over all samples is done elsewhere. */
import type { DataSource } from 'typeorm';
import type { DatasetService } from '../datasets/dataset.service';
import { checkClassIndex } from '../datasets/class-index';
import type { EvaluationResult } from '../evaluations/evaluation-result.entity';
import type { LabelError } from '../metrics/label-errors';
import { ComparisonService } from './comparison/comparison.service';
import { PredictionStore } from './prediction-store';
import type { ResultPredictions } from './result-predictions';
import { SlicesService } from './slices/slices.service';
import { AnalysisThread } from './thread/analysis-thread';
import type { SampleSelection, SelectedSamples } from './thread/select-samples';

export interface SamplePage extends SelectedSamples {
  predictions: ResultPredictions;
}

export class AnalysisService {
  private readonly thread = new AnalysisThread();
  private readonly store: PredictionStore;
  readonly comparisons: ComparisonService;
  readonly slices: SlicesService;

  constructor(dataSource: DataSource, datasets: DatasetService) {
    this.store = new PredictionStore(dataSource, datasets, this.thread);
    this.comparisons = new ComparisonService(this.store, this.thread);
    this.slices = new SlicesService(datasets, this.store, this.thread);
  }

  /** @throws UserError CLASS_INDEX_OUT_OF_RANGE; what `PredictionStore.get` throws */
  async samples(result: EvaluationResult, selection: SampleSelection): Promise<SamplePage> {
    checkClassIndex(selection.filter.trueClass, result.classCount);
    checkClassIndex(selection.filter.predictedClass, result.classCount);
    const predictions = await this.store.get(result);
    const { scores } = predictions;
    return { predictions, ...(await this.thread.run('select', { scores, selection })) };
  }

  /** The `first` likeliest ones; throws what `PredictionStore.get` throws. */
  async labelErrors(
    result: EvaluationResult,
    first: number,
  ): Promise<{ predictions: ResultPredictions; errors: LabelError[] }> {
    const predictions = await this.store.get(result);
    return { predictions, errors: await this.thread.run('labelErrors', { predictions, first }) };
  }

  /** Gives back the memory of what was looked at. */
  forget(): void {
    this.store.forget();
    this.comparisons.forget();
    this.slices.forget();
  }

  close(): Promise<void> {
    return this.thread.close();
  }
}
