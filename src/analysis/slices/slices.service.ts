/** The slices of a result's samples, and how well each does. */
import type { Dataset } from '../../datasets/dataset.entity';
import type { DatasetService } from '../../datasets/dataset.service';
import type { ImageStatistics } from '../../datasets/images/image-statistics';
import { createPromiseCache } from '../../datasets/promise-cache';
import type { Split } from '../../datasets/dataset';
import type { EvaluationResult } from '../../evaluations/evaluation-result.entity';
import type { SliceFigures } from '../../metrics/slices/slices';

import { ByteLru } from '../byte-lru';
import type { PredictionStore } from '../prediction-store';
import { loadSplit } from '../result-labels';
import type { AnalysisThread } from '../thread/analysis-thread';
import { SLICE_KINDS, type SliceKind, type SliceName } from './slice-partitions';

/** The statistics of 10,000 images take a quarter of a megabyte. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024;

export class SlicesService {
  /** By the data's digest, which says all of the images. */
  private readonly kept = new ByteLru<ImageStatistics>(MAX_KEPT_BYTES);
  private readonly measuring = createPromiseCache<ImageStatistics>('while-running');

  constructor(
    private readonly datasets: DatasetService,
    private readonly store: PredictionStore,
    private readonly thread: AnalysisThread,
  ) {}

  /**
   * The weakest first; p-values are corrected for all slices of the kind, or of all kinds where none is given.
   *
   * @param dataset that of the result
   * @throws what `PredictionStore.get` throws
   */
  async of(
    result: EvaluationResult,
    dataset: Dataset,
    kind?: SliceKind,
  ): Promise<SliceFigures<SliceName>[]> {
    const { scores } = await this.store.get(result);
    const split = await loadSplit(this.datasets, dataset, result);
    const statistics = await this.statisticsOf(split);
    const { labels, tags = [] } = split;
    const source = { labels, classNames: dataset.classNames, statistics, tags };
    const kinds = kind === undefined ? SLICE_KINDS : [kind];
    return this.thread.run('slices', { scores, source, kinds });
  }

  /** Gives back the memory of what was looked at. */
  forget(): void {
    this.kept.clear();
  }

  private statisticsOf({ digest, images, imageShape }: Split): Promise<ImageStatistics> {
    const known = this.kept.get(digest);
    if (known) return Promise.resolve(known);
    return this.measuring(digest, async () => {
      const measured = await this.thread.run('imageStatistics', { images, shape: imageShape });
      const { brightness, contrast, ink } = measured;
      const bytes = brightness.byteLength + contrast.byteLength + ink.byteLength;
      this.kept.add(digest, measured, bytes);
      return measured;
    });
  }
}
