/** What was found with a checkpoint. */
import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { Checkpoint } from '../checkpoints/checkpoint.entity';
import { FirstArgs } from '../graphql-args';
import { EvaluationResult } from './evaluation-result.entity';
import type { EvaluationContext } from './loaders';

@Resolver(() => Checkpoint)
export class CheckpointResultsResolver {
  @FieldResolver(() => [EvaluationResult], { description: 'Newest first.' })
  results(
    @Root() { id }: Checkpoint,
    @Args(() => FirstArgs) { first }: FirstArgs,
    @Ctx() { loaders }: EvaluationContext,
  ): Promise<EvaluationResult[]> {
    return loaders.checkpointResults.load({ checkpointId: id, first });
  }
}
