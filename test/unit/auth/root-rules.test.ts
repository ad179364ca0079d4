/** Every root field of the schema has the rule that is written here, and obeys it. */
import { type GraphQLField, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { Authorized, Query, Resolver } from 'type-graphql';
import { permits, type Role, ROLES } from '../../../src/auth/role';
import { AssayError } from '../../../src/errors';
import { assertRootRules } from '../../../src/graphql/root-rules';
import { createSchema } from '../../../src/graphql/schema';

/** The role that each field needs; "any" is every caller with a token. */
const EXPECTED: Record<string, Record<string, Role | 'any'>> = {
  Query: {
    me: 'any',
    gate: 'viewer',
    tokens: 'admin',
    checkpoint: 'viewer',
    checkpointAliasHistory: 'viewer',
    checkpointAliases: 'viewer',
    checkpointByAlias: 'viewer',
    checkpointByDigest: 'viewer',
    checkpoints: 'viewer',
    compareManyResults: 'viewer',
    compareResults: 'viewer',
    dataset: 'viewer',
    datasets: 'viewer',
    evaluationResult: 'viewer',
    evaluationResults: 'viewer',
    evaluationRun: 'viewer',
    evaluationRuns: 'viewer',
    leaderboard: 'viewer',
    aliasHistory: 'viewer',
    workers: 'viewer',
    queues: 'viewer',
  },
  Mutation: {
    createToken: 'admin',
    revokeToken: 'admin',
    deleteCheckpoint: 'admin',
    restoreCheckpoint: 'admin',
    registerCheckpoint: 'runner',
    updateCheckpoint: 'runner',
    setCheckpointAlias: 'runner',
    removeCheckpointAlias: 'runner',
    runEvaluation: 'runner',
    runRobustness: 'runner',
    cancelEvaluation: 'runner',
    retryEvaluation: 'runner',
  },
  Subscription: { evaluationRunUpdated: 'viewer' },
};

/** Instances whose every method answers; whether it is reached is what the rules decide. */
class Anything extends Map<unknown, unknown> {
  override get(): unknown {
    return new Proxy(
      {},
      { get: (_target, name) => (name === 'then' ? undefined : () => 'reached') },
    );
  }
}

let schema: GraphQLSchema;
beforeAll(async () => {
  schema = await createSchema(new Anything());
});

const rootTypes = (): GraphQLObjectType[] =>
  [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap(
    (type) => type ?? [],
  );

/** The code with which a function of the field refuses the role; whatever comes after the rule counts as passing. */
async function refusal(
  execute: GraphQLField<unknown, unknown>['resolve'],
  role: Role,
): Promise<string | undefined> {
  const context = {
    caller: { tokenId: 'x', name: 'x', role, expiresAt: null },
    watchRun: () => 'reached',
  };
  try {
    await execute?.({}, { id: '0b5b7a3e-6a55-4d0a-9b59-6f4f6f6f6f6f' }, context, {} as never);
  } catch (error) {
    if (error instanceof AssayError && error.code === 'FORBIDDEN') return error.message;
  }
  return undefined;
}

test('the fields of the schema are the ones with a rule here', () => {
  const found = Object.fromEntries(
    rootTypes().map((type) => [type.name, Object.keys(type.getFields()).sort()]),
  );
  const expected = Object.entries(EXPECTED).map(([type, rules]) => [
    type,
    Object.keys(rules).sort(),
  ]);
  expect(found).toEqual(Object.fromEntries(expected));
});

test('each field refuses the roles that lack its own, naming it, and lets the others pass', async () => {
  for (const type of rootTypes()) {
    for (const field of Object.values(type.getFields())) {
      const needed = EXPECTED[type.name]?.[field.name] ?? 'any';
      const functions =
        type.name === 'Subscription' ? [field.resolve, field.subscribe] : [field.resolve];
      for (const role of ROLES) {
        for (const execute of functions) {
          expect(execute).toBeDefined();
          const refused = await refusal(execute, role);
          const what = `${type.name}.${field.name} as ${role}`;
          if (needed === 'any' || permits(role, [needed])) {
            expect([what, refused]).toEqual([what, undefined]);
          } else {
            expect([what, refused]).toEqual([what, expect.stringContaining(`the role ${needed};`)]);
          }
        }
      }
    }
  }
});

test('a field without a rule, or with one that nobody can meet, stops the schema from being made', () => {
  @Resolver()
  class Forgetful {
    @Query(() => String)
    forgotten(): string {
      return '';
    }
  }
  @Resolver()
  class Mistaken {
    @Authorized('veiwer')
    @Query(() => String)
    mistaken(): string {
      return '';
    }
  }
  expect(() => {
    assertRootRules([Forgetful]);
  }).toThrow('forgotten has no rule');
  expect(() => {
    assertRootRules([Mistaken]);
  }).toThrow('unknown role veiwer');
});
