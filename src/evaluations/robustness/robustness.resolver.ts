/** Robustness over GraphQL: how much worse is the checkpoint on corrupted images? */
import { Arg, Args, Authorized, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { corruptedName, parseCorruptedName } from '../../datasets/corruptions/corruption-name';
import { EvaluationResult } from '../evaluation-result.entity';
import { EvaluationRun } from '../evaluation-run.entity';
import { EvaluationService } from '../evaluation.service';
import type { EvaluationContext } from '../loaders';
import { RobustnessArgs, RobustnessCell, RunRobustnessInput } from './robustness-fields';
import { cells, requestCorruptedRuns } from './robustness-runs';

const CELLS = cells().length;

@Resolver(() => EvaluationResult)
export class RobustnessResolver {
  constructor(private readonly service: EvaluationService) {}

  @Authorized('runner')
  @Mutation(() => [EvaluationRun], {
    description:
      'Evaluates on corrupted images: one run for each corruption and strength, or the run that has an equal result. Their split is called such as "test~noise-3-s42".',
    complexity: ({ childComplexity }) => CELLS * (1 + childComplexity),
  })
  runRobustness(
    @Arg('input', () => RunRobustnessInput) input: RunRobustnessInput,
  ): Promise<EvaluationRun[]> {
    return requestCorruptedRuns(input, (request) => this.service.request(request));
  }

  @FieldResolver(() => [RobustnessCell], {
    description: 'Every corruption and strength, whether or not it was run.',
    complexity: ({ childComplexity }) => CELLS * (1 + childComplexity),
  })
  robustness(
    @Root() result: EvaluationResult,
    @Args(() => RobustnessArgs) { seed }: RobustnessArgs,
    @Ctx() { loaders }: EvaluationContext,
  ): Promise<RobustnessCell[]> {
    const { checkpointId, datasetId, engine } = result;
    const base = parseCorruptedName(result.split)?.base ?? result.split;
    return Promise.all(
      cells().map(async ({ corruption, strength }) => {
        const split = corruptedName({ base, corruption, strength, seed });
        const id = await loaders.runOnSplit.load({ checkpointId, datasetId, engine, split });
        const run = id === null ? null : await loaders.run.load(id);
        const found = id === null ? null : await loaders.result.load(id);
        return { corruption, strength, run, result: found };
      }),
    );
  }
}
