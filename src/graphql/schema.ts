/** Builds the executable schema from the rooms' resolvers. */
import 'reflect-metadata';
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchema, type NonEmptyArray, type PubSub } from 'type-graphql';
import {
  ResultSamplesResolver,
  SamplePredictionResolver,
} from '../analysis/result-samples.resolver';
import { ResultComparisonResolver } from '../analysis/comparison/result-comparison.resolver';
import { ResultSlicesResolver } from '../analysis/slices/result-slices.resolver';
import { ApiTokenResolver } from '../auth/api-token.resolver';
import { authChecker } from '../auth/auth-checker';
import { CheckpointAliasResolver } from '../checkpoints/checkpoint-alias.resolver';
import { CheckpointContentsResolver } from '../checkpoints/checkpoint-contents.resolver';
import { CheckpointResolver } from '../checkpoints/checkpoint.resolver';
import { LineageResolver } from '../checkpoints/lineage/lineage.resolver';
import { DatasetSamplesResolver } from '../datasets/dataset-samples.resolver';
import { DatasetResolver } from '../datasets/dataset.resolver';
import { CheckpointResultsResolver } from '../evaluations/checkpoint-results.resolver';
import {
  ConfusionMatrixResolver,
  EvaluationResultResolver,
} from '../evaluations/evaluation-result.resolver';
import { EvaluationRunResolver } from '../evaluations/evaluation-run.resolver';
import { GateResolver } from '../gate/gate.resolver';
import { HistoryResolver } from '../evaluations/history/history.resolver';
import { assertRootRules } from './root-rules';
import { RobustnessResolver } from '../evaluations/robustness/robustness.resolver';
import { ResultScoresResolver } from '../evaluations/scores/result-scores.resolver';
import { WorkersResolver } from '../evaluations/workers.resolver';

// type-graphql types resolver classes as Function.
// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type
const RESOLVERS: NonEmptyArray<Function> = [
  ApiTokenResolver,
  CheckpointResolver,
  CheckpointAliasResolver,
  CheckpointContentsResolver,
  LineageResolver,
  CheckpointResultsResolver,
  DatasetResolver,
  DatasetSamplesResolver,
  EvaluationRunResolver,
  EvaluationResultResolver,
  HistoryResolver,
  ConfusionMatrixResolver,
  ResultSamplesResolver,
  ResultSlicesResolver,
  SamplePredictionResolver,
  ResultComparisonResolver,
  RobustnessResolver,
  ResultScoresResolver,
  GateResolver,
  WorkersResolver,
];

/** Gives a resolver class its instance, wired to its services. */
export type ResolverContainer = ReadonlyMap<unknown, unknown>;

export function createSchema(container: ResolverContainer): Promise<GraphQLSchema> {
  assertRootRules(RESOLVERS);
  return buildSchema({
    resolvers: RESOLVERS,
    authChecker,
    authMode: 'error',
    container: {
      get: (resolver: unknown) => {
        const instance = container.get(resolver);
        if (instance === undefined) throw new Error(`no instance of ${String(resolver)}`);
        return instance;
      },
    },
    pubSub: NO_TOPICS,
    validate: {
      forbidUnknownValues: false,
      skipMissingProperties: false,
      // Otherwise the answer to a bad input repeats that input.
      validationError: { target: false, value: false },
    },
  });
}

/** type-graphql wants one before it builds any subscription; ours bring their own sources. */
const NO_TOPICS: PubSub = {
  publish: () => {
    throw new Error('no subscription of this schema has topics');
  },
  subscribe: (topic) => {
    throw new Error(`nothing is published on ${topic}`);
  },
};

const HEADER = '# Made by `npm run schema` from the code. Do not edit.\n\n';

/** The schema as text, sorted, so that two emissions differ only where the schema does. */
export function schemaText(schema: GraphQLSchema): string {
  return `${HEADER}${printSchema(lexicographicSortSchema(schema))}\n`;
}
