/** What GraphQL shows of a result's intervals, calibration and curves. */
import { GraphQLSafeInt } from 'graphql-scalars';
import { Field, Float, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { DummyStrategy } from '../../metrics/dummy-baselines';
import { type ResultMetric, ResultMetricEnum } from '../result-metric';

export enum IntervalMethod {
  WILSON = 'WILSON',
  BOOTSTRAP = 'BOOTSTRAP',
  BOOTSTRAP_BASIC = 'BOOTSTRAP_BASIC',
  BOOTSTRAP_DIRECTIONAL = 'BOOTSTRAP_DIRECTIONAL',
}
registerEnumType(IntervalMethod, {
  name: 'IntervalMethod',
  description:
    "WILSON: Wilson's score interval of a share. BOOTSTRAP: percentiles of resamples. BOOTSTRAP_BASIC: these, reflected at the value, where resampling moves it (average precision). BOOTSTRAP_DIRECTIONAL: of resampled deviations from calibration, where noise alone makes an error.",
});

export const DummyStrategyEnum = {
  MAJORITY_CLASS: 'majority-class',
  STRATIFIED: 'stratified',
} as const satisfies Record<string, DummyStrategy>;
registerEnumType(DummyStrategyEnum, {
  name: 'DummyStrategy',
  description:
    'MAJORITY_CLASS: always the most frequent class. STRATIFIED: drawn as often as each class occurs.',
});

@ObjectType('Interval', { description: 'Both ends belong to it.' })
export class MetricBounds {
  @Field(() => Float)
  lower!: number;

  @Field(() => Float)
  upper!: number;
}

@ObjectType({ description: 'The interval of a stored scalar.' })
export class MetricInterval extends MetricBounds {
  @Field(() => ResultMetricEnum)
  metric!: ResultMetric;

  @Field(() => IntervalMethod)
  method!: IntervalMethod;

  @Field(() => Float, { description: 'The share of such intervals that hold the true value.' })
  level!: number;

  @Field(() => Int, { nullable: true })
  resamples?: number;

  @Field(() => GraphQLSafeInt, { nullable: true })
  seed?: number;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether each class kept its number of samples in a resample.',
  })
  stratified?: boolean;
}

@ObjectType({
  description: 'Samples whose top probability lies in [lower, upper); the last holds 1.',
})
export class ReliabilityBin extends MetricBounds {
  @Field(() => Int)
  count!: number;

  @Field(() => Float, { nullable: true, description: 'Null in an empty bin.' })
  accuracy!: number | null;

  @Field(() => Float, { nullable: true, description: 'Null in an empty bin.' })
  meanConfidence!: number | null;
}

@ObjectType()
export class CurvePoint {
  @Field(() => Float)
  x!: number;

  @Field(() => Float)
  y!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Probabilities from here on count as the class; null between two of its samples.',
  })
  threshold!: number | null;
}

@ObjectType({
  description:
    'One class against the rest. ROC: x is the false positive rate, y the true positive rate. Precision-recall: x is recall, y precision. Thinned without moving the area by more than 1e-4.',
})
export class ClassCurve {
  @Field(() => Int)
  classIndex!: number;

  @Field(() => String)
  className!: string;

  @Field(() => Float, {
    nullable: true,
    description: 'ROC AUC or average precision; null for a class without samples, or with all.',
  })
  area!: number | null;

  @Field(() => [CurvePoint])
  points!: CurvePoint[];
}

@ObjectType('DummyBaseline', {
  description: 'What guessing without looking at an image would reach.',
})
export class DummyBaselineFigures {
  @Field(() => DummyStrategyEnum)
  strategy!: DummyStrategy;

  @Field(() => Float)
  accuracy!: number;

  @Field(() => Float)
  macroF1!: number;

  @Field(() => Float, { nullable: true, description: 'Null for a strategy without probabilities.' })
  loss!: number | null;
}
