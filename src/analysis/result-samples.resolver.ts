/** Drill-down: the samples behind a result's figures. */
import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { EvaluationContext } from '../evaluations/loaders';
import { EvaluationResult } from '../evaluations/evaluation-result.entity';
import { topProbabilities } from '../metrics/sample-confidence';
import { decodeCursor, encodeCursor, invalidCursor, isIndex } from '../pagination/cursor';
import { OrderDirection } from '../pagination/order-direction';
import { AnalysisService, type SamplePage } from './analysis.service';
import { DEFAULT_FIRST, FirstArgs, SamplesArgs, TopArgs } from './sample-args';
import {
  ClassProbability,
  SampleLabelError,
  SamplePrediction,
  SamplePredictionConnection,
  type SampleSource,
} from './sample-fields';
import { nameOf, samplePrediction } from './sample-predictions';
import { sampleSource } from './sample-source';

/** Finding a page looks at every sample, however few are asked for. */
const PAGE_COST = 20;

@Resolver(() => EvaluationResult)
export class ResultSamplesResolver {
  constructor(private readonly analysis: AnalysisService) {}

  @FieldResolver(() => SamplePredictionConnection, {
    description: 'Samples of equal figures are in the order of the split.',
    complexity: ({ args, childComplexity }) =>
      PAGE_COST + ((args.first as number | null | undefined) ?? DEFAULT_FIRST) * childComplexity,
  })
  async samples(
    @Root() result: EvaluationResult,
    @Args(() => SamplesArgs) args: SamplesArgs,
    @Ctx() context: EvaluationContext,
  ): Promise<SamplePredictionConnection> {
    const { orderBy: by, direction, filter } = args;
    const list = `samples ${by} ${direction}`;
    const page = await this.analysis.samples(result, {
      filter: {
        trueClass: filter?.trueClass ?? undefined,
        predictedClass: filter?.predictedClass ?? undefined,
        correct: filter?.correct ?? undefined,
      },
      by,
      descending: direction === OrderDirection.DESC,
      first: args.first ?? DEFAULT_FIRST,
      after: afterOf(args.after, list, result.sampleCount),
    });
    return connectionOf(page, await sampleSource(result, page.predictions, context), list);
  }

  @FieldResolver(() => [SampleLabelError], {
    description:
      'Confident learning; the likeliest first. Means little where the checkpoint was trained on these samples.',
    complexity: ({ args, childComplexity }) => PAGE_COST + (args.first as number) * childComplexity,
  })
  async possibleLabelErrors(
    @Root() result: EvaluationResult,
    @Args(() => FirstArgs) { first }: FirstArgs,
    @Ctx() context: EvaluationContext,
  ): Promise<SampleLabelError[]> {
    const { predictions, errors } = await this.analysis.labelErrors(result, first);
    const source = await sampleSource(result, predictions, context);
    return errors.map(({ index, suggested, score }) => ({
      sample: samplePrediction(source, index),
      suggestedClass: suggested,
      suggestedClassName: nameOf(source, suggested),
      score,
    }));
  }
}

@Resolver(() => SamplePrediction)
export class SamplePredictionResolver {
  @FieldResolver(() => [ClassProbability], { description: 'The most probable classes.' })
  topProbabilities(
    @Root() { source, index }: SamplePrediction,
    @Args(() => TopArgs) { first }: TopArgs,
  ): ClassProbability[] {
    const { predictions } = source;
    return topProbabilities(predictions, predictions.scores, index, first).map((one) => ({
      ...one,
      className: nameOf(source, one.classIndex),
    }));
  }
}

/** A sample's figures never change, so its place alone says where the page begins. */
function afterOf(cursor: string | null | undefined, list: string, sampleCount: number) {
  if (cursor === null || cursor === undefined) return undefined;
  const { id } = decodeCursor(cursor, list, isIndex);
  if (id < sampleCount) return id;
  throw invalidCursor(`the result has ${sampleCount} samples`);
}

function connectionOf(
  { indexes, totalCount, hasNext, hasPrevious }: SamplePage,
  source: SampleSource,
  list: string,
): SamplePredictionConnection {
  const edges = indexes.map((index) => ({
    cursor: encodeCursor(list, { value: null, id: index }),
    node: samplePrediction(source, index),
  }));
  return {
    totalCount,
    pageInfo: {
      hasNextPage: hasNext,
      hasPreviousPage: hasPrevious,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    edges,
    nodes: edges.map(({ node }) => node),
  };
}
