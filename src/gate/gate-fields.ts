/** What GraphQL shows of the gate. */
import { Field, Float, ObjectType, registerEnumType } from 'type-graphql';
import { DummyBaselineFigures } from '../evaluations/scores/score-fields';
import { EvaluationResult } from '../evaluations/evaluation-result.entity';

export enum GateState {
  PASSED = 'PASSED',
  FAILED = 'FAILED',
}
registerEnumType(GateState, { name: 'GateState' });

@ObjectType('GateCheck', { description: 'One rule of config.yaml, held against a result.' })
export class GateCheckFields {
  @Field(() => String, { description: 'Such as: recall of class "Shirt", lower bound.' })
  name!: string;

  @Field(() => String, {
    description: 'minimum, maximum, max_drop or no_worse_by_mcnemar.',
  })
  kind!: string;

  @Field(() => String, {
    nullable: true,
    description: "As in config.yaml; null for McNemar's test.",
  })
  metric!: string | null;

  @Field(() => String, { nullable: true })
  className!: string | null;

  @Field(() => String, { nullable: true })
  slice!: string | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'What was held against the threshold: a point, a bound, a drop or a p-value; null where it is undefined or missing, which fails.',
  })
  value!: number | null;

  @Field(() => Float)
  threshold!: number;

  @Field(() => Float, { nullable: true })
  baselineValue!: number | null;

  @Field(() => Boolean)
  passed!: boolean;

  @Field(() => String, { description: 'A sentence.' })
  reason!: string;
}

@ObjectType('GateReport', { description: 'Whether a result is good enough.' })
export class GateReportFields {
  @Field(() => GateState)
  state!: GateState;

  @Field(() => [GateCheckFields])
  checks!: GateCheckFields[];

  @Field(() => EvaluationResult)
  result!: EvaluationResult;

  @Field(() => EvaluationResult, { nullable: true })
  baseline!: EvaluationResult | null;

  @Field(() => [DummyBaselineFigures], { description: 'What guessing would reach.' })
  dummyBaselines!: DummyBaselineFigures[];

  @Field(() => String, { description: 'Fit for the comment on a pull request.' })
  markdown!: string;
}
