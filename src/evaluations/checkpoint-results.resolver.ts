/** Lineage: what was found with a checkpoint. */
import { Args, ArgsType, Ctx, Field, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { IsInt, Max, Min } from 'class-validator';
import { Checkpoint } from '../checkpoints/checkpoint.entity';
import { EvaluationResult } from './evaluation-result.entity';
import type { EvaluationContext } from './loaders';

const MAX_FIRST = 100;

@ArgsType()
class FirstArgs {
  @Field(() => Int, { defaultValue: 20, description: `How many, at most ${MAX_FIRST}.` })
  @IsInt()
  @Min(1)
  @Max(MAX_FIRST)
  first!: number;
}

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
