/** By what results are ordered, and which column that is. */
import { Field, InputType, registerEnumType } from 'type-graphql';
import type { KeysetOrder } from '../../pagination/keyset-order';
import { OrderDirection } from '../../pagination/order-direction';
import { type ResultMetric, ResultMetricEnum } from '../result-metric';

export const ResultOrderFieldEnum = { CREATED_AT: 'createdAt', ...ResultMetricEnum } as const;
registerEnumType(ResultOrderFieldEnum, {
  name: 'ResultOrderField',
  description: 'The time of storing, or any stored scalar.',
});

export type ResultOrderField = 'createdAt' | ResultMetric;

@InputType({ description: 'Results without the scalar come last in either direction.' })
export class EvaluationResultOrder {
  @Field(() => ResultOrderFieldEnum, { defaultValue: ResultOrderFieldEnum.CREATED_AT })
  by!: ResultOrderField;

  @Field(() => OrderDirection, { defaultValue: OrderDirection.DESC })
  direction!: OrderDirection;
}

export const NEWEST_FIRST: EvaluationResultOrder = {
  by: 'createdAt',
  direction: OrderDirection.DESC,
};

/** Every result has these; the others came later, or may be undefined. */
const NEVER_NULL: readonly ResultOrderField[] = [
  'createdAt',
  'loss',
  'accuracy',
  'balancedAccuracy',
  'macroPrecision',
  'macroRecall',
  'macroF1',
  'microF1',
  'weightedPrecision',
  'weightedRecall',
  'weightedF1',
];

/** The column of `evaluation_result` that holds it. */
export function columnOf(field: ResultOrderField): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Of rows of `evaluation_result r`. */
export function keysetOrder({ by, direction }: EvaluationResultOrder): KeysetOrder {
  return {
    name: by,
    column: `r.${columnOf(by)}`,
    kind: by === 'createdAt' ? 'time' : 'number',
    nullable: !NEVER_NULL.includes(by),
    descending: direction === OrderDirection.DESC,
    idColumn: 'r.run_id',
  };
}
