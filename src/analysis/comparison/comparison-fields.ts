/** What GraphQL shows of a comparison. */
import { GraphQLSafeInt } from 'graphql-scalars';
import { Field, Float, Int, ObjectType, registerEnumType } from 'type-graphql';
import { EvaluationResult } from '../../evaluations/evaluation-result.entity';
import { type ResultMetric, ResultMetricEnum } from '../../evaluations/result-metric';
import type { Outcome } from '../../metrics/comparison/verdict';
import { SamplePrediction } from '../sample-fields';
import type { FlipKind } from './select-flips';

export const VerdictEnum = {
  BETTER: 'better',
  WORSE: 'worse',
  NOT_DISTINGUISHABLE: 'not distinguishable',
} as const satisfies Record<string, Outcome>;
registerEnumType(VerdictEnum, {
  name: 'Verdict',
  description: 'Of the candidate against the baseline, by the exact McNemar test at 1 − level.',
});

export const FlipKindEnum = {
  RIGHT_TO_WRONG: 'rightToWrong',
  WRONG_TO_RIGHT: 'wrongToRight',
  BOTH_WRONG_DIFFERENTLY: 'bothWrongDifferently',
} as const satisfies Record<string, FlipKind>;
registerEnumType(FlipKindEnum, {
  name: 'FlipKind',
  description: 'From the baseline to the candidate.',
});

@ObjectType({ description: 'A stored scalar of both; nulls where one of them lacks it.' })
export class MetricDelta {
  @Field(() => ResultMetricEnum)
  metric!: ResultMetric;

  @Field(() => Float, { nullable: true })
  baseline!: number | null;

  @Field(() => Float, { nullable: true })
  candidate!: number | null;

  @Field(() => Float, { nullable: true, description: 'The candidate less the baseline.' })
  delta!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Of the interval of the delta, by paired bootstrap; null for scalars that rank or bin scores.',
  })
  lower!: number | null;

  @Field(() => Float, { nullable: true })
  upper!: number | null;
}

@ObjectType({ description: 'Do both err equally often? Exact, two-sided.' })
export class McNemarTest {
  @Field(() => Int)
  onlyBaselineCorrect!: number;

  @Field(() => Int)
  onlyCandidateCorrect!: number;

  @Field(() => Float)
  pValue!: number;
}

@ObjectType({ description: 'Counts of samples, from the baseline to the candidate.' })
export class FlipCounts {
  @Field(() => Int)
  rightToWrong!: number;

  @Field(() => Int)
  wrongToRight!: number;

  @Field(() => Int)
  bothRight!: number;

  @Field(() => Int)
  bothWrong!: number;

  @Field(() => Float, {
    description: 'The share of samples of which they predict different classes, right or wrong.',
  })
  churn!: number;
}

@ObjectType()
export class ClassFlips {
  @Field(() => Int)
  classIndex!: number;

  @Field(() => String)
  className!: string;

  @Field(() => Int)
  rightToWrong!: number;

  @Field(() => Int)
  wrongToRight!: number;

  @Field(() => Int, { description: 'How many samples truly belong to the class.' })
  support!: number;
}

@ObjectType({ description: 'A sample of which the two predict different classes.' })
export class FlipSample {
  @Field(() => Int, { description: 'Position in the split, from 0.' })
  index!: number;

  @Field(() => Int)
  trueClass!: number;

  @Field(() => String)
  trueClassName!: string;

  @Field(() => String, { description: 'Where its PNG is, on this origin.' })
  imageUrl!: string;

  @Field(() => SamplePrediction)
  baseline!: SamplePrediction;

  @Field(() => SamplePrediction)
  candidate!: SamplePrediction;
}

@ObjectType({ description: 'Two results on the same samples.' })
export class ResultComparison {
  @Field(() => EvaluationResult)
  baseline!: EvaluationResult;

  @Field(() => EvaluationResult)
  candidate!: EvaluationResult;

  @Field(() => Int)
  sampleCount!: number;

  @Field(() => [MetricDelta])
  deltas!: MetricDelta[];

  @Field(() => McNemarTest)
  mcnemar!: McNemarTest;

  @Field(() => FlipCounts)
  flips!: FlipCounts;

  @Field(() => [ClassFlips], { description: 'All classes, in order.' })
  classFlips!: ClassFlips[];

  @Field(() => VerdictEnum)
  verdict!: Outcome;

  @Field(() => String, { description: 'The verdict in a sentence, with what it rests on.' })
  verdictText!: string;

  @Field(() => Float, { description: 'Of the intervals; the verdict is at 1 − level.' })
  level!: number;

  @Field(() => Int)
  resamples!: number;

  @Field(() => GraphQLSafeInt)
  seed!: number;
}

@ObjectType({ description: 'One result beside the baseline, which has nulls itself.' })
export class ComparisonRow {
  @Field(() => EvaluationResult)
  result!: EvaluationResult;

  @Field(() => Float, { description: 'Accuracy less that of the baseline.' })
  delta!: number;

  @Field(() => Float, { nullable: true, description: 'By the exact McNemar test.' })
  pValue!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "Holm's, over all rows: the verdict is by this one, at 0.05.",
  })
  adjustedPValue!: number | null;

  @Field(() => VerdictEnum, { nullable: true })
  verdict!: Outcome | null;
}

@ObjectType()
export class ResultsComparison {
  @Field(() => EvaluationResult)
  baseline!: EvaluationResult;

  @Field(() => [ComparisonRow], {
    description: 'The baseline first, then the candidates as they were named.',
  })
  rows!: ComparisonRow[];
}
