/** Several real results in one table, and which ones can not be held against each other. */
import { randomUUID } from 'node:crypto';
import { itWithMirrorAndReference } from '../../support/reference';
import { startWithTwoResults, type TwoCheckpoints } from './two-checkpoints';

const TWO = `query ($a: ID!, $b: ID!) {
  compareResults(baselineId: $a, candidateId: $b) { verdict flipSamples(kind: RIGHT_TO_WRONG) { index } }
}`;
const MANY = `query ($baseline: ID!, $candidates: [ID!]!) {
  compareManyResults(baselineId: $baseline, candidateIds: $candidates) {
    baseline { id }
    rows { result { id accuracy } delta pValue adjustedPValue verdict }
  }
}`;

interface Row {
  result: { id: string; accuracy: number };
  delta: number;
  pValue: number | null;
  adjustedPValue: number | null;
  verdict: string | null;
}

let service: TwoCheckpoints | undefined;
async function started(): Promise<TwoCheckpoints> {
  return (service ??= await startWithTwoResults());
}
afterAll(() => service?.end());

itWithMirrorAndReference("several results stand in one table with Holm's correction", async () => {
  const { client, reference, own, evaluate, torch } = await started();
  const again = await evaluate(torch);
  const answer = await client.field('compareManyResults', MANY, {
    baseline: reference,
    candidates: [own, again],
  });
  const { baseline, rows } = answer as { baseline: { id: string }; rows: Row[] };
  expect(baseline.id).toBe(reference);
  expect(rows.map(({ result }) => result.id)).toEqual([reference, own, again]);
  const [itself, better, same] = rows;
  expect(itself).toMatchObject({ delta: 0, pValue: null, adjustedPValue: null, verdict: null });
  expect(better?.verdict).toBe('BETTER');
  expect(better?.delta).toBeCloseTo(
    (better?.result.accuracy ?? NaN) - (itself?.result.accuracy ?? NaN),
    12,
  );
  expect(better?.adjustedPValue).toBe(2 * (better?.pValue ?? NaN));
  expect(same).toMatchObject({ delta: 0, pValue: 1, adjustedPValue: 1 });
  expect(same?.verdict).toBe('NOT_DISTINGUISHABLE');

  const codes = (variables: Record<string, unknown>) =>
    client.codes(MANY, { baseline: reference, ...variables });
  expect(await codes({ candidates: [own, own] })).toEqual(['CANDIDATE_REPEATED']);
  expect(await codes({ candidates: [own, reference] })).toEqual(['CANDIDATE_REPEATED']);
  expect(await codes({ candidates: [] })).toEqual(['BAD_USER_INPUT']);
  expect(await codes({ candidates: ['7'] })).toEqual(['BAD_USER_INPUT']);
  expect(await codes({ candidates: Array.from({ length: 21 }, () => randomUUID()) })).toEqual([
    'BAD_USER_INPUT',
  ]);
});

itWithMirrorAndReference(
  'results on other samples, and none, are refused with the reason',
  async () => {
    const { client, reference, own, evaluate, torch } = await started();
    const onShapes = await evaluate(torch, 'sample-shapes');
    for (const [query, variables] of [
      [TWO, { a: reference, b: onShapes }],
      [MANY, { baseline: reference, candidates: [own, onShapes] }],
    ] as const) {
      const [error] = (await client.send(query, variables)).errors;
      expect(error?.extensions.code).toBe('RESULTS_NOT_COMPARABLE');
      expect(error?.message).toMatch(
        /on other samples \(split test, data [0-9a-f]{12}\) than result/,
      );
    }
    const unknown = { a: reference, b: randomUUID() };
    expect(await client.codes(TWO, unknown)).toEqual(['RESULT_NOT_FOUND']);
  },
);
