/** What the lists inside of a connection cost: the field that gives the connection counts its items already. */
import type { ComplexityEstimatorArgs } from 'graphql-query-complexity';

/** For `edges` and `nodes`: @Field(() => […], { complexity: costOfPage }). */
export function costOfPage({ childComplexity }: Pick<ComplexityEstimatorArgs, 'childComplexity'>) {
  return 1 + childComplexity;
}
