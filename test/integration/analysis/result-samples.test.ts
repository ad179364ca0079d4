/** Drill-down over GraphQL on real results: from a cell of the confusion matrix to its samples. */
import { itWithMirrorAndReference } from '../../support/reference';
import { fashionPredictions } from '../../unit/metrics/reference-figures';
import { startWithTwoResults, type TwoCheckpoints } from './two-checkpoints';

const FIELDS = `index trueClass predictedClass trueClassName predictedClassName probability
  trueProbability margin loss imageUrl topProbabilities(first: 3) { classIndex className probability }`;
const QUERY = `query (
  $id: ID!, $filter: SampleFilter, $by: SampleOrder = CONFIDENCE, $direction: OrderDirection = DESC,
  $first: Int, $after: String
) {
  evaluationResult(id: $id) {
    samples(filter: $filter, orderBy: $by, direction: $direction, first: $first, after: $after) {
      totalCount
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      edges { cursor }
      nodes { ${FIELDS} }
    }
  }
}`;

interface Sample {
  index: number;
  trueClass: number;
  predictedClass: number;
  trueClassName: string;
  predictedClassName: string;
  probability: number;
  trueProbability: number;
  margin: number;
  loss: number;
  imageUrl: string;
  topProbabilities: { classIndex: number; className: string; probability: number }[];
}

interface Page {
  totalCount: number;
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
  edges: { cursor: string }[];
  nodes: Sample[];
}

let service: TwoCheckpoints | undefined;

/** Made by the first test that needs it: without the real files all of them skip. */
async function started(): Promise<TwoCheckpoints> {
  return (service ??= await startWithTwoResults());
}
afterAll(() => service?.end());

async function page(variables: Record<string, unknown>): Promise<Page> {
  const { client, reference } = await started();
  const answer = await client.field('evaluationResult', QUERY, { id: reference, ...variables });
  return (answer as { samples: Page }).samples;
}

let read: ReturnType<typeof fashionPredictions> | undefined;
const torch = () => (read ??= fashionPredictions());

/** PyTorch's own logits, turned into what a sample should say: apart from the code under test. */
function expectedOf(
  index: number,
): Omit<Sample, 'imageUrl' | 'trueClassName' | 'predictedClassName'> {
  const { logits, labels } = torch();
  const row = [...logits.subarray(10 * index, 10 * index + 10)];
  const exponentials = row.map((logit) => Math.exp(logit - Math.max(...row)));
  const sum = exponentials.reduce((total, one) => total + one, 0);
  const probabilities = exponentials.map((one) => one / sum);
  const order = [...row.keys()].sort((a, b) => (row[b] ?? NaN) - (row[a] ?? NaN));
  const of = (k: number | undefined): number => probabilities[k ?? -1] ?? NaN;
  const trueClass = labels[index] ?? NaN;
  return {
    index,
    trueClass,
    predictedClass: order[0] ?? NaN,
    probability: of(order[0]),
    trueProbability: of(trueClass),
    margin: of(order[0]) - of(order[1]),
    loss: -Math.log(of(trueClass)),
    topProbabilities: order
      .slice(0, 3)
      .map((classIndex) => ({ classIndex, className: '', probability: of(classIndex) })),
  };
}

itWithMirrorAndReference(
  'every cell of the confusion matrix holds as many samples as it counts',
  async () => {
    const { client, reference } = await started();
    const cells = [...Array(10).keys()].map(
      (predicted) =>
        `c${predicted}: samples(filter: { trueClass: $true, predictedClass: ${predicted} }, first: 1) { totalCount }`,
    );
    const query = `query ($id: ID!, $true: Int!) {
    evaluationResult(id: $id) { confusionMatrix { counts } ${cells.join('\n')} }
  }`;
    for (let trueClass = 0; trueClass < 10; trueClass++) {
      const answer = await client.field('evaluationResult', query, {
        id: reference,
        true: trueClass,
      });
      const { confusionMatrix, ...counts } = answer as {
        confusionMatrix: { counts: number[][] };
      } & Record<string, { totalCount: number }>;
      expect(Object.values(counts).map(({ totalCount }) => totalCount)).toEqual(
        confusionMatrix.counts[trueClass],
      );
    }
  },
);

itWithMirrorAndReference(
  "a cell's samples are those of the reference's logits, page by page",
  async () => {
    const { labels } = torch();
    const filter = { trueClass: 6, predictedClass: 0 };
    const expected = [...labels.keys()]
      .filter((i) => labels[i] === 6)
      .map(expectedOf)
      .filter(({ predictedClass }) => predictedClass === 0);
    const found: Sample[] = [];
    for (let after: string | null = null, more = true; more;) {
      const { pageInfo, nodes, edges, totalCount } = await page({ filter, first: 50, after });
      expect(totalCount).toBe(expected.length);
      expect(pageInfo.hasPreviousPage).toBe(found.length > 0);
      expect([pageInfo.startCursor, pageInfo.endCursor]).toEqual([
        edges[0]?.cursor,
        edges.at(-1)?.cursor,
      ]);
      found.push(...nodes);
      ({ endCursor: after, hasNextPage: more } = pageInfo);
    }
    expect(found.map(({ index }) => index).sort((a, b) => a - b)).toEqual(
      expected.map(({ index }) => index),
    );
    const falling = found.map(({ probability }) => probability);
    expect(falling).toEqual([...falling].sort((a, b) => b - a));
    for (const sample of found) {
      const right = expectedOf(sample.index);
      expect([sample.trueClassName, sample.predictedClassName]).toEqual(['Shirt', 'T-shirt/top']);
      expect(sample.predictedClass).toBe(right.predictedClass);
      expect(sample.topProbabilities[0]?.className).toBe('T-shirt/top');
      for (const figure of ['probability', 'trueProbability', 'margin', 'loss'] as const) {
        expect(Math.abs(sample[figure] - right[figure])).toBeLessThan(2e-4);
      }
      sample.topProbabilities.forEach(({ probability }, place) => {
        const other = right.topProbabilities[place]?.probability ?? NaN;
        expect(Math.abs(probability - other)).toBeLessThan(2e-4);
      });
    }
  },
);

itWithMirrorAndReference(
  'the most confident errors, the closest calls and the largest losses come first',
  async () => {
    const errors = await page({ filter: { correct: false }, first: 100 });
    // 0.8033 of 10,000 are right.
    expect(errors.totalCount).toBe(1967);
    for (const { trueClass, predictedClass } of errors.nodes)
      expect(trueClass).not.toBe(predictedClass);
    for (const [by, figure] of [
      ['MARGIN', 'margin'],
      ['LOSS', 'loss'],
      ['INDEX', 'index'],
    ] as const) {
      const rising = await page({ by, direction: 'ASC', first: 30 });
      const falling = await page({ by, direction: 'DESC', first: 30 });
      expect(rising.totalCount).toBe(10_000);
      const low = rising.nodes.map((node) => node[figure]);
      const high = falling.nodes.map((node) => node[figure]);
      expect(low).toEqual([...low].sort((a, b) => a - b));
      expect(high).toEqual([...high].sort((a, b) => b - a));
      expect(high.at(-1)).toBeGreaterThanOrEqual(low.at(-1) ?? NaN);
    }
  },
);

itWithMirrorAndReference("a sample's image is found at its address", async () => {
  const { nodes } = await page({ first: 2, by: 'LOSS' });
  for (const { imageUrl } of nodes) {
    const response = await fetch(`${(await started()).app.url}${imageUrl}`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png']);
  }
});

itWithMirrorAndReference('what makes no sense is refused by a code', async () => {
  const { client, reference } = await started();
  const { endCursor } = (await page({ first: 1 })).pageInfo;
  const ask = (variables: Record<string, unknown>) =>
    client.codes(QUERY, { id: reference, ...variables });
  expect(await ask({ filter: { trueClass: 10 } })).toEqual(['CLASS_INDEX_OUT_OF_RANGE']);
  expect(await ask({ filter: { predictedClass: -1 } })).toEqual(['BAD_USER_INPUT']);
  expect(await ask({ first: 0 })).toEqual(['BAD_USER_INPUT']);
  expect(await ask({ first: 101 })).toEqual(['BAD_USER_INPUT']);
  expect(await ask({ first: null })).toEqual([]);
  expect(await ask({ after: 'nonsense' })).toEqual(['INVALID_CURSOR']);
  expect(await ask({ after: endCursor })).toEqual([]);
  expect(await ask({ after: endCursor, direction: 'ASC' })).toEqual(['INVALID_CURSOR']);
  expect(await ask({ after: endCursor, by: 'LOSS' })).toEqual(['INVALID_CURSOR']);
  for (const index of [10_000, -1, 0.5, 'x', null]) {
    const key = JSON.stringify(['samples confidence DESC', null, index]);
    const after = Buffer.from(key).toString('base64url');
    expect(await ask({ after })).toEqual(['INVALID_CURSOR']);
  }
});

itWithMirrorAndReference(
  'possible label errors are in doubt, the surest first, and no more than asked for',
  async () => {
    const { client, own } = await started();
    const query = `query ($id: ID!, $first: Int!) { evaluationResult(id: $id) {
    possibleLabelErrors(first: $first) {
      score suggestedClass suggestedClassName
      sample { index trueClass predictedClass trueProbability topProbabilities(first: 10) { classIndex probability } }
    } } }`;
    const answer = await client.field('evaluationResult', query, { id: own, first: 25 });
    const { possibleLabelErrors: found } = answer as {
      possibleLabelErrors: { score: number; suggestedClass: number; sample: Sample }[];
    };
    expect(found).toHaveLength(25);
    const scores = found.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    for (const { score, suggestedClass, sample } of found) {
      expect(suggestedClass).not.toBe(sample.trueClass);
      expect(sample.predictedClass).not.toBe(sample.trueClass);
      const suggested = sample.topProbabilities.find(
        ({ classIndex }) => classIndex === suggestedClass,
      );
      expect(score).toBeCloseTo((suggested?.probability ?? NaN) - sample.trueProbability, 12);
    }
    expect(await client.codes(query, { id: own, first: 101 })).toEqual(['BAD_USER_INPUT']);
  },
);
