/** Comparisons over GraphQL: is the candidate better than the baseline, and on which samples do they differ? */
import { Args, Authorized, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import type { EvaluationResult } from '../../evaluations/evaluation-result.entity';
import type { EvaluationContext } from '../../evaluations/loaders';
import { resultNotFound } from '../../evaluations/named-result';
import { sampleSource } from '../sample-source';
import { samplePrediction } from '../sample-predictions';
import { CompareArgs, CompareManyArgs, FlipSamplesArgs } from './comparison-args';
import { FlipSample, ResultComparison, ResultsComparison } from './comparison-fields';
import { confusionDifference, flipCounts, metricDeltas } from './comparison-view';
import { ComparisonService } from './comparison.service';

/** What resampling costs beside the fields. */
const COMPARISON_COST = 300;
/** One of several goes without the resampled scalars. */
const CANDIDATE_COST = 50;

@Resolver(() => ResultComparison)
export class ResultComparisonResolver {
  constructor(private readonly comparisons: ComparisonService) {}

  @Authorized('viewer')
  @Query(() => ResultComparison, {
    description:
      'A candidate against a baseline on the same samples, paired. RESULTS_NOT_COMPARABLE where the data differ.',
    complexity: ({ childComplexity }) => COMPARISON_COST + childComplexity,
  })
  async compareResults(
    @Args(() => CompareArgs) { baselineId, candidateId, level, resamples, seed }: CompareArgs,
    @Ctx() context: EvaluationContext,
  ): Promise<Omit<ResultComparison, 'confusionDifference' | 'flipSamples'>> {
    const [baseline, candidate] = await Promise.all([
      existing(baselineId, context),
      existing(candidateId, context),
    ]);
    const options = { level, resamples, seed };
    const pair = { baseline, candidate };
    const found = await this.comparisons.compare(pair, options);
    const { classNames } = await context.loaders.dataset.load(baseline.datasetId);
    const { onlyA, onlyB, pExact } = found.mcnemar;
    return {
      ...pair,
      ...options,
      sampleCount: found.sampleCount,
      deltas: metricDeltas(pair, found),
      mcnemar: { onlyBaselineCorrect: onlyA, onlyCandidateCorrect: onlyB, pValue: pExact },
      flips: flipCounts(found),
      classFlips: found.flips.perClass.map((flips, classIndex) => ({
        classIndex,
        className: classNames[classIndex] ?? String(classIndex),
        rightToWrong: flips.rightToWrong,
        wrongToRight: flips.wrongToRight,
        support: flips.sampleCount,
      })),
      verdict: found.verdict.outcome,
      verdictText: found.verdict.text,
    };
  }

  @Authorized('viewer')
  @Query(() => ResultsComparison, {
    description:
      "Several candidates against one baseline, with Holm's correction for their number.",
    complexity: ({ args, childComplexity }) =>
      CANDIDATE_COST * (args.candidateIds as string[]).length + childComplexity,
  })
  async compareManyResults(
    @Args(() => CompareManyArgs) { baselineId, candidateIds }: CompareManyArgs,
    @Ctx() context: EvaluationContext,
  ): Promise<ResultsComparison> {
    const baseline = await existing(baselineId, context);
    const candidates = await Promise.all(candidateIds.map((id) => existing(id, context)));
    const found = await this.comparisons.compareMany(baseline, candidates);
    const rows = candidates.map((result, i) => ({
      result,
      delta: found[i]?.difference ?? 0,
      pValue: found[i]?.mcnemar.pExact ?? null,
      adjustedPValue: found[i]?.pAdjusted ?? null,
      verdict: found[i]?.verdict.outcome ?? null,
    }));
    const own = { result: baseline, delta: 0, pValue: null, adjustedPValue: null, verdict: null };
    return { baseline, rows: [own, ...rows] };
  }

  @FieldResolver(() => [[Int]], {
    description: 'Signed counts, rows true, columns predicted: the candidate less the baseline.',
  })
  confusionDifference(@Root() pair: ResultComparison): number[][] {
    return confusionDifference(pair);
  }

  @FieldResolver(() => [FlipSample], {
    description: 'Those first of which the candidate is surest.',
  })
  async flipSamples(
    @Root() { baseline, candidate }: ResultComparison,
    @Args(() => FlipSamplesArgs) selection: FlipSamplesArgs,
    @Ctx() context: EvaluationContext,
  ): Promise<FlipSample[]> {
    const found = await this.comparisons.flips({ baseline, candidate }, selection);
    const [before, now] = await Promise.all([
      sampleSource(baseline, found.baseline, context),
      sampleSource(candidate, found.candidate, context),
    ]);
    return found.indexes.map((index) => {
      const sample = samplePrediction(before, index);
      const { trueClass, trueClassName, imageUrl } = sample;
      return {
        index,
        trueClass,
        trueClassName,
        imageUrl,
        baseline: sample,
        candidate: samplePrediction(now, index),
      };
    });
  }
}

/** @throws UserError RESULT_NOT_FOUND */
async function existing(id: string, { loaders }: EvaluationContext): Promise<EvaluationResult> {
  const result = await loaders.result.load(id);
  if (result) return result;
  throw resultNotFound(id);
}
