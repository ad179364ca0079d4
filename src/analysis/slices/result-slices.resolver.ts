/** Slices over GraphQL: where is the checkpoint weak? */
import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { EvaluationResult } from '../../evaluations/evaluation-result.entity';
import type { EvaluationContext } from '../../evaluations/loaders';
import { DEFAULT_FIRST_SLICES, ResultSlice, SlicesArgs } from './slice-fields';
import { SlicesService } from './slices.service';

/** Every image is measured once, and every sample counted each time. */
const SLICES_COST = 100;

@Resolver(() => EvaluationResult)
export class ResultSlicesResolver {
  constructor(private readonly service: SlicesService) {}

  @FieldResolver(() => [ResultSlice], {
    description:
      'The weakest first: in the order of the upper ends of their intervals. A slice that holds no sample, or all of them, is left out.',
    complexity: ({ args, childComplexity }) =>
      SLICES_COST + ((args.first as number | undefined) ?? DEFAULT_FIRST_SLICES) * childComplexity,
  })
  async slices(
    @Root() result: EvaluationResult,
    @Args(() => SlicesArgs) { kind, first }: SlicesArgs,
    @Ctx() { loaders }: EvaluationContext,
  ): Promise<ResultSlice[]> {
    const dataset = await loaders.dataset.load(result.datasetId);
    const found = await this.service.of(result, dataset, kind ?? undefined);
    return found.slice(0, first).map(({ name, interval, ...figures }) => ({
      ...name,
      ...figures,
      accuracyInterval: { lower: interval.low, upper: interval.high },
    }));
  }
}
