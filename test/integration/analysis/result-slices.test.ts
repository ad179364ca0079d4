/** Slices over GraphQL: of real results, held against numpy's and scipy's figures, and of tags. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../../src/config/project-root';
import { itWithMirrorAndReference } from '../../support/reference';
import { startTestService, type TestService } from '../../support/test-service';
import { startWithTwoResults, type TwoCheckpoints } from './two-checkpoints';

const FIELDS = `kind name lower upper sampleCount accuracy accuracyInterval { lower upper } loss
  deltaToRest pValue adjustedPValue`;
const QUERY = `query ($id: ID!, $kind: SliceKind, $first: Int! = 100) {
  evaluationResult(id: $id) { slices(kind: $kind, first: $first) { ${FIELDS} } }
}`;

interface Slice {
  kind: string;
  name: string;
  lower: number | null;
  upper: number | null;
  sampleCount: number;
  accuracy: number;
  accuracyInterval: { lower: number; upper: number };
  loss: number;
  deltaToRest: number;
  pValue: number;
  adjustedPValue: number;
}
type Figures = Omit<Slice, 'kind' | 'name'>;

let two: TwoCheckpoints | undefined;
let shapes: TestService | undefined;
const started = async () => (two ??= await startWithTwoResults());
afterAll(async () => {
  await two?.end();
  await shapes?.end();
});

async function slicesOf(variables: Record<string, unknown>): Promise<Slice[]> {
  const { client, reference } = await started();
  const answer = await client.field('evaluationResult', QUERY, { id: reference, ...variables });
  return (answer as { slices: Slice[] }).slices;
}

const expectedSlices = () =>
  JSON.parse(
    readFileSync(path.resolve(__dirname, '../../fixtures/slices/fashion-slices.json'), 'utf8'),
  ) as Record<string, Figures>;

/** Small p-values count by their size, not by their distance from 0. */
const near = (found: number, expected: number, name: string): void => {
  const error = Math.abs(found - expected) / Math.max(Math.abs(expected), 1e-300);
  if (error > 1e-6) throw new Error(`${name}: ${found} instead of ${expected}`);
};

itWithMirrorAndReference('every slice of a real result has the figures of scipy', async () => {
  const expected = expectedSlices();
  const found = await slicesOf({});
  expect(found.map(({ name }) => name).sort()).toEqual(Object.keys(expected).sort());
  for (const slice of found) {
    const one = expected[slice.name];
    if (!one) throw new Error(slice.name);
    expect(slice.sampleCount).toBe(one.sampleCount);
    for (const key of ['accuracy', 'loss', 'deltaToRest', 'pValue', 'adjustedPValue'] as const) {
      near(slice[key], one[key], `${slice.name} ${key}`);
    }
    for (const key of ['lower', 'upper'] as const) {
      near(slice.accuracyInterval[key], one.accuracyInterval[key], slice.name);
      if (one[key] === null) expect(slice[key]).toBeNull();
      else near(slice[key] ?? NaN, one[key], `${slice.name} ${key}`);
    }
  }
});

itWithMirrorAndReference('the weakest come first', async () => {
  const found = await slicesOf({ first: 3 });
  expect(found.map(({ name }) => name)).toEqual(['class Shirt', 'class Coat', 'class Pullover']);
  const all = await slicesOf({});
  const ends = all.map(({ accuracyInterval }) => accuracyInterval.upper);
  expect(ends).toEqual([...ends].sort((a, b) => a - b));
});

itWithMirrorAndReference('of one kind, the correction is for that kind', async () => {
  const found = await slicesOf({ kind: 'BRIGHTNESS' });
  expect(found.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
    'BRIGHTNESS brightness Q4',
    'BRIGHTNESS brightness Q3',
    'BRIGHTNESS brightness Q2',
    'BRIGHTNESS brightness Q1',
  ]);
  near(found[1]?.adjustedPValue ?? NaN, found[1]?.pValue ?? NaN, 'the largest p is not corrected');
  near(found[0]?.adjustedPValue ?? NaN, 4 * (found[0]?.pValue ?? NaN), 'the smallest of four');
  expect(await slicesOf({ kind: 'TAG' })).toEqual([]);
});

itWithMirrorAndReference('a class is as accurate as its recall says', async () => {
  const { client, reference } = await started();
  const query = `query ($id: ID!) { evaluationResult(id: $id) { classMetrics { className recall support } } }`;
  const { classMetrics } = (await client.field('evaluationResult', query, { id: reference })) as {
    classMetrics: { className: string; recall: number; support: number }[];
  };
  const found = new Map((await slicesOf({ kind: 'CLASS' })).map((slice) => [slice.name, slice]));
  for (const { className, recall, support } of classMetrics) {
    const slice = found.get(`class ${className}`);
    expect([slice?.accuracy, slice?.sampleCount]).toEqual([recall, support]);
  }
});

itWithMirrorAndReference('more than a hundred are refused', async () => {
  const { client, reference } = await started();
  expect(await client.codes(QUERY, { id: reference, first: 101 })).toEqual(['BAD_USER_INPUT']);
});

test('the tags of a dataset are slices', async () => {
  const folder = path.join(projectRoot(), 'checkpoints');
  shapes = await startTestService({
    configure: ({ checkpointRoots }) => {
      checkpointRoots.push(folder);
    },
  });
  const { client, app } = shapes;
  const datasetId = (await app.services.datasets.register('sample-shapes')).id;
  const checkpointId = await client.register(path.join(folder, 'sample-cnn'));
  const { id } = await client.runEvaluation({ checkpointId, datasetId });
  await client.settled(id);
  const query = `query ($id: ID!) {
    evaluationResult(id: $id) { accuracy loss slices(kind: TAG) { ${FIELDS} } }
  }`;
  const { accuracy, loss, slices } = (await client.field('evaluationResult', query, { id })) as {
    accuracy: number;
    loss: number;
    slices: Slice[];
  };
  expect(slices.map(({ name }) => name).sort()).toEqual([
    'size large',
    'size medium',
    'size small',
  ]);
  const weighted = (of: (slice: Slice) => number) =>
    slices.reduce((sum, slice) => sum + slice.sampleCount * of(slice), 0);
  expect(weighted(() => 1)).toBe(2_000);
  expect(weighted((slice) => slice.accuracy) / 2_000).toBeCloseTo(accuracy, 12);
  expect(weighted((slice) => slice.loss) / 2_000).toBeCloseTo(loss, 9);
  // What is drawn small is harder to tell apart.
  expect(slices[0]?.name).toBe('size small');
  expect(slices[0]?.deltaToRest).toBeLessThan(0);
});
