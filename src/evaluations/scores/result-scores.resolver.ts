/** Intervals, calibration, curves and baselines of a result over GraphQL. */
import { ArrayMaxSize, IsInt, IsOptional } from 'class-validator';
import { Args, ArgsType, Ctx, Field, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { ComplexityEstimator } from 'graphql-query-complexity';
import { rowSums } from '../../metrics/confusion-matrix';
import { type DummyBaseline, dummyBaselines } from '../../metrics/dummy-baselines';
import type { MeasuredCurves } from '../../metrics/ranking/one-vs-rest';
import { EvaluationResult } from '../evaluation-result.entity';
import type { EvaluationContext } from '../loaders';
import { CurvesService, MAX_CURVES } from './curves.service';
import { intervalList } from './interval-list';
import { ClassCurve, DummyBaselineFigures, MetricInterval, ReliabilityBin } from './score-fields';

@ArgsType()
class CurvesArgs {
  @Field(() => [Int], {
    nullable: true,
    description: `At most ${MAX_CURVES}; the first ${MAX_CURVES} classes where it is left out.`,
  })
  @IsOptional()
  @ArrayMaxSize(MAX_CURVES)
  @IsInt({ each: true })
  classIndexes?: number[] | null;
}

interface AskedCurves {
  result: EvaluationResult;
  args: CurvesArgs;
  context: EvaluationContext;
}

/** All outputs of a run are read and ranked, and some 400 points a class go out. */
const costOfCurves: ComplexityEstimator = ({ args, childComplexity }) => {
  const indexes = (args as CurvesArgs).classIndexes;
  return 100 + (indexes?.length ?? MAX_CURVES) * 10 * childComplexity;
};

@Resolver(() => EvaluationResult)
export class ResultScoresResolver {
  constructor(private readonly curves: CurvesService) {}

  @FieldResolver(() => [MetricInterval], {
    description: 'None in results from before there were intervals.',
  })
  intervals(@Root() { intervals }: EvaluationResult): MetricInterval[] {
    return intervals ? intervalList(intervals) : [];
  }

  @FieldResolver(() => [ReliabilityBin], {
    description: 'The 15 bins of the expected calibration error; none where that is not stored.',
  })
  reliability(@Root() { reliability }: EvaluationResult): ReliabilityBin[] {
    return (reliability ?? []).map((bin, i, { length }) => ({
      lower: i / length,
      upper: (i + 1) / length,
      ...bin,
    }));
  }

  @FieldResolver(() => [ClassCurve], { complexity: costOfCurves })
  rocCurves(
    @Root() result: EvaluationResult,
    @Args(() => CurvesArgs) args: CurvesArgs,
    @Ctx() context: EvaluationContext,
  ): Promise<ClassCurve[]> {
    return this.curvesOf({ result, args, context }, ({ roc, rocAuc }) => ({
      area: rocAuc,
      points: (roc ?? []).map(({ falsePositiveRate: x, truePositiveRate: y, threshold }) => ({
        x,
        y,
        threshold,
      })),
    }));
  }

  @FieldResolver(() => [ClassCurve], { complexity: costOfCurves })
  precisionRecallCurves(
    @Root() result: EvaluationResult,
    @Args(() => CurvesArgs) args: CurvesArgs,
    @Ctx() context: EvaluationContext,
  ): Promise<ClassCurve[]> {
    return this.curvesOf({ result, args, context }, ({ precisionRecall, averagePrecision }) => ({
      area: averagePrecision,
      points: (precisionRecall ?? []).map(({ recall: x, precision: y, threshold }) => ({
        x,
        y,
        threshold,
      })),
    }));
  }

  @FieldResolver(() => [DummyBaselineFigures])
  dummyBaselines(@Root() { confusionMatrix }: EvaluationResult): DummyBaseline[] {
    return dummyBaselines(rowSums(confusionMatrix));
  }

  private async curvesOf(
    { result, args, context }: AskedCurves,
    drawn: (curves: MeasuredCurves) => Pick<ClassCurve, 'area' | 'points'>,
  ): Promise<ClassCurve[]> {
    const dataset = await context.loaders.dataset.load(result.datasetId);
    const curves = await this.curves.curves(result, dataset, args.classIndexes);
    return curves.map((measured) => ({
      classIndex: measured.classIndex,
      className: dataset.classNames[measured.classIndex] ?? String(measured.classIndex),
      ...drawn(measured),
    }));
  }
}
