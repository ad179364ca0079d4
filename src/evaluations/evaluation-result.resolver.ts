/** Results over GraphQL. Ratios derive from the stored counts. */
import {
  Arg,
  Args,
  Authorized,
  Ctx,
  FieldResolver,
  Float,
  ID,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { Checkpoint } from '../checkpoints/checkpoint.entity';
import { Dataset } from '../datasets/dataset.entity';
import { IdArgs } from '../graphql-args';
import { normalizeConfusion, type Normalization } from '../metrics/confusion-matrix';
import { classMetrics } from '../metrics/class-metrics';
import { marginsOf } from '../metrics/margins';
import { wilsonInterval } from '../metrics/statistics/wilson-interval';
import { EvaluationResult } from './evaluation-result.entity';
import { EvaluationRun } from './evaluation-run.entity';
import { EvaluationService } from './evaluation.service';
import type { EvaluationContext } from './loaders';
import { NormalizationEnum, ResultClassMetrics, ResultConfusionMatrix } from './result-fields';
import type { MetricBounds } from './scores/score-fields';

@Resolver(() => EvaluationResult)
export class EvaluationResultResolver {
  constructor(private readonly service: EvaluationService) {}

  @Authorized('viewer')
  @Query(() => EvaluationResult, {
    nullable: true,
    description: "A result has its run's id; null while the run has none.",
  })
  evaluationResult(@Args(() => IdArgs) { id }: IdArgs): Promise<EvaluationResult | null> {
    return this.service.result(id);
  }

  @FieldResolver(() => ID)
  id(@Root() result: EvaluationResult): string {
    return result.runId;
  }

  @FieldResolver(() => EvaluationRun)
  run(@Root() result: EvaluationResult, @Ctx() { loaders }: EvaluationContext) {
    return loaders.run.load(result.runId);
  }

  @FieldResolver(() => Checkpoint)
  checkpoint(@Root() result: EvaluationResult, @Ctx() { loaders }: EvaluationContext) {
    return loaders.checkpoint.load(result.checkpointId);
  }

  @FieldResolver(() => Dataset)
  dataset(@Root() result: EvaluationResult, @Ctx() { loaders }: EvaluationContext) {
    return loaders.dataset.load(result.datasetId);
  }

  @FieldResolver(() => [ResultClassMetrics], { description: 'All classes, in order.' })
  async classMetrics(
    @Root() result: EvaluationResult,
    @Ctx() { loaders }: EvaluationContext,
  ): Promise<ResultClassMetrics[]> {
    const { classNames } = await loaders.dataset.load(result.datasetId);
    return classMetrics(marginsOf(result.confusionMatrix)).map(({ label, ...metrics }) => ({
      classIndex: label,
      className: classNames[label] ?? String(label),
      ...metrics,
      rocAuc: result.classRocAuc?.[label] ?? null,
      averagePrecision: result.classAveragePrecision?.[label] ?? null,
      recallInterval: recallInterval(result.confusionMatrix, metrics.support, label),
    }));
  }

  @FieldResolver(() => ResultConfusionMatrix)
  async confusionMatrix(
    @Root() result: EvaluationResult,
    @Ctx() { loaders }: EvaluationContext,
  ): Promise<ResultConfusionMatrix> {
    const { classNames } = await loaders.dataset.load(result.datasetId);
    return { classNames, counts: result.confusionMatrix };
  }
}

function recallInterval(matrix: number[][], support: number, label: number): MetricBounds | null {
  const interval = wilsonInterval(matrix[label]?.[label] ?? 0, support);
  return interval && { lower: interval.low, upper: interval.high };
}

@Resolver(() => ResultConfusionMatrix)
export class ConfusionMatrixResolver {
  @FieldResolver(() => [[Float]], {
    description: 'Shares instead of counts; 0 where the sum is 0.',
  })
  normalized(
    @Root() { counts }: ResultConfusionMatrix,
    @Arg('by', () => NormalizationEnum, { defaultValue: NormalizationEnum.TRUE }) by: Normalization,
  ): number[][] {
    return normalizeConfusion(counts, by);
  }
}
