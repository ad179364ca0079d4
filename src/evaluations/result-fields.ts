/** What GraphQL shows of a result beside its scalars: class metrics and the confusion matrix. */
import { Field, Float, Int, ObjectType, registerEnumType } from 'type-graphql';
import { MetricBounds } from './scores/score-fields';
import type { Normalization } from '../metrics/confusion-matrix';

@ObjectType('ClassMetrics', { description: "One class's metrics; a division by zero gives 0." })
export class ResultClassMetrics {
  @Field(() => Int)
  classIndex!: number;

  @Field(() => String)
  className!: string;

  @Field(() => Float)
  precision!: number;

  @Field(() => Float)
  recall!: number;

  @Field(() => Float)
  f1!: number;

  @Field(() => Int, { description: 'How many samples truly belong to the class.' })
  support!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Against the rest; null for a class without samples, or with all.',
  })
  rocAuc!: number | null;

  @Field(() => Float, { nullable: true, description: 'Null where rocAuc is.' })
  averagePrecision!: number | null;

  @Field(() => MetricBounds, {
    nullable: true,
    description: "Wilson's 95 % interval; null for a class without samples.",
  })
  recallInterval!: MetricBounds | null;
}

export const NormalizationEnum = {
  TRUE: 'true',
  PRED: 'pred',
  ALL: 'all',
} as const satisfies Record<string, Normalization>;
registerEnumType(NormalizationEnum, {
  name: 'ConfusionMatrixNormalization',
  description: 'TRUE: each row sums to 1. PRED: each column sums to 1. ALL: the whole sums to 1.',
});

@ObjectType('ConfusionMatrix', {
  description: 'Rows are true classes, columns predicted ones, in the order of classNames.',
})
export class ResultConfusionMatrix {
  @Field(() => [String])
  classNames!: string[];

  @Field(() => [[Int]])
  counts!: number[][];
}
