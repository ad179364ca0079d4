/** Two real results against each other over GraphQL, held against the reference's own logits. */
import { itWithMirrorAndReference } from '../../support/reference';
import { predictionsOf, storedLogits } from '../../support/stored-logits';
import { fashionPredictions } from '../../unit/metrics/reference-figures';
import { startWithTwoResults, type TwoCheckpoints } from './two-checkpoints';

const COMPARE = `query (
  $a: ID!, $b: ID!, $level: Float = 0.95, $resamples: Int = 1000, $seed: Int = 42
) {
  compareResults(baselineId: $a, candidateId: $b, level: $level, resamples: $resamples, seed: $seed) {
    baseline { id accuracy confusionMatrix { counts } }
    candidate { id accuracy confusionMatrix { counts } }
    sampleCount level resamples seed verdict verdictText
    deltas { metric baseline candidate delta lower upper }
    mcnemar { onlyBaselineCorrect onlyCandidateCorrect pValue }
    flips { rightToWrong wrongToRight bothRight bothWrong churn }
    classFlips { classIndex className rightToWrong wrongToRight support }
    confusionDifference
  }
}`;
const FLIPS = `query ($a: ID!, $b: ID!, $kind: FlipKind!, $first: Int!, $offset: Int!) {
  compareResults(baselineId: $a, candidateId: $b) {
    flipSamples(kind: $kind, first: $first, offset: $offset) {
      index trueClass trueClassName imageUrl
      baseline { index predictedClass } candidate { index predictedClass probability }
    }
  }
}`;

interface Side {
  id: string;
  accuracy: number;
  confusionMatrix: { counts: number[][] };
}
interface Comparison {
  baseline: Side;
  candidate: Side;
  sampleCount: number;
  level: number;
  resamples: number;
  seed: number;
  verdict: string;
  verdictText: string;
  deltas: Record<'baseline' | 'candidate' | 'delta' | 'lower' | 'upper', number | null> &
    { metric: string }[];
  mcnemar: { onlyBaselineCorrect: number; onlyCandidateCorrect: number; pValue: number };
  flips: Record<'rightToWrong' | 'wrongToRight' | 'bothRight' | 'bothWrong' | 'churn', number>;
  classFlips: Record<'classIndex' | 'rightToWrong' | 'wrongToRight' | 'support', number>[];
  confusionDifference: number[][];
}
interface Flip {
  index: number;
  trueClass: number;
  baseline: { index: number; predictedClass: number };
  candidate: { index: number; predictedClass: number; probability: number };
}
let service: TwoCheckpoints | undefined;
async function started(): Promise<TwoCheckpoints> {
  return (service ??= await startWithTwoResults());
}
afterAll(() => service?.end());

/** Labels and predicted classes: of the reference from PyTorch's file, of ours from the stored logits. */
async function truth() {
  const { app, own } = await started();
  const { labels, logits } = fashionPredictions();
  const ours = await storedLogits(app.services.database.dataSource, own);
  return { labels, before: predictionsOf(logits, 10), now: predictionsOf(ours, 10) };
}

async function compared(variables: Record<string, unknown> = {}): Promise<Comparison> {
  const { client, reference, own } = await started();
  const ids = { a: reference, b: own };
  return (await client.field('compareResults', COMPARE, { ...ids, ...variables })) as Comparison;
}

/** Two-sided, by adding up whole coefficients: none of the code under test. */
function signTest(fewer: number, trials: number): number {
  let coefficient = 1n;
  let sum = 0n;
  for (let k = 0; k <= fewer; k++) {
    sum += coefficient;
    coefficient = (coefficient * BigInt(trials - k)) / BigInt(k + 1);
  }
  // 15 digits of 2 · sum / 2^trials.
  const scale = 10n ** 320n;
  const scaled = ((2n * sum * scale) >> BigInt(trials)).toString();
  return Math.min(
    1,
    Number(`${scaled.slice(0, 17)}e${scaled.length - Math.min(17, scaled.length) - 320}`),
  );
}

itWithMirrorAndReference(
  'flips, McNemar and the signed matrix are those of the two lists of predictions',
  async () => {
    const { labels, before, now } = await truth();
    const found = await compared();
    const count = (holds: (i: number) => boolean) => [...labels.keys()].filter(holds).length;
    const right = (list: number[], i: number) => list[i] === labels[i];
    const lost = count((i) => right(before, i) && !right(now, i));
    const won = count((i) => !right(before, i) && right(now, i));
    expect(found.sampleCount).toBe(10_000);
    expect(found.flips).toEqual({
      rightToWrong: lost,
      wrongToRight: won,
      bothRight: count((i) => right(before, i) && right(now, i)),
      bothWrong: count((i) => !right(before, i) && !right(now, i)),
      churn: count((i) => before[i] !== now[i]) / 10_000,
    });
    expect(found.mcnemar).toMatchObject({ onlyBaselineCorrect: lost, onlyCandidateCorrect: won });
    const p = signTest(Math.min(lost, won), lost + won);
    expect(Math.abs(found.mcnemar.pValue / p - 1)).toBeLessThan(1e-9);
    expect(found.classFlips.map(({ rightToWrong }) => rightToWrong)).toEqual(
      [...Array(10).keys()].map((k) =>
        count((i) => labels[i] === k && right(before, i) && !right(now, i)),
      ),
    );
    expect(found.classFlips.every(({ support }) => support === 1_000)).toBe(true);
    found.confusionDifference.forEach((row, i) => {
      row.forEach((difference, k) => {
        const of = ({ confusionMatrix }: Side) => confusionMatrix.counts[i]?.[k] ?? NaN;
        expect(difference).toBe(of(found.candidate) - of(found.baseline));
      });
    });
    // 0.8033 against 0.9180.
    expect(found.verdict).toBe('BETTER');
    expect(found.verdictText).toMatch(/^Better: \+11\.47 points of accuracy, 95 % interval \+/);
  },
);

itWithMirrorAndReference(
  'each scalar has its delta, in an interval where it is one of counts or means',
  async () => {
    const { deltas } = await compared();
    const byMetric = new Map(
      deltas.map((one) => [one.metric, one as unknown as Record<string, number | null>]),
    );
    expect(byMetric.size).toBe(20);
    const without = [
      'ROC_AUC_MACRO',
      'ROC_AUC_WEIGHTED',
      'AVERAGE_PRECISION_MACRO',
      'EXPECTED_CALIBRATION_ERROR',
    ];
    for (const [metric, { baseline, candidate, delta, lower, upper }] of byMetric) {
      expect(delta).toBe(Number(candidate) - Number(baseline));
      if (without.includes(metric)) {
        expect([lower, upper]).toEqual([null, null]);
      } else {
        expect(Number(lower)).toBeLessThan(Number(delta));
        expect(Number(upper)).toBeGreaterThan(Number(delta));
        expect(Number(upper) - Number(lower)).toBeLessThan(0.05);
      }
    }
    for (const metric of ['MICRO_F1', 'WEIGHTED_RECALL']) {
      const { lower, upper } = byMetric.get(metric) ?? {};
      const accuracy = byMetric.get('ACCURACY') ?? {};
      expect([lower, upper]).toEqual([accuracy['lower'], accuracy['upper']]);
    }
    expect(Number(byMetric.get('LOSS')?.['upper'])).toBeLessThan(0);
  },
);

itWithMirrorAndReference(
  'options are obeyed, repeated exactly, and refused where they make no sense',
  async () => {
    const options = { level: 0.9, resamples: 500, seed: 7 };
    const once = await compared(options);
    expect(once).toMatchObject(options);
    expect(once.verdictText).toContain('90 % interval');
    const { analysis } = (await started()).app.services;
    analysis.forget();
    expect(await compared(options)).toEqual(once);
    const width = ({ deltas }: Comparison) => {
      const { lower, upper } = deltas[1] as unknown as { lower: number; upper: number };
      return upper - lower;
    };
    expect(width(once)).toBeLessThan(width(await compared()));
    const { client, reference, own } = await started();
    for (const wrong of [
      { level: 1 },
      { level: 0 },
      { resamples: 10_001 },
      { resamples: 0 },
      { seed: -1 },
    ]) {
      const codes = await client.codes(COMPARE, { a: reference, b: own, ...wrong });
      expect(codes).toEqual(['BAD_USER_INPUT']);
    }
  },
);

itWithMirrorAndReference('a result does not differ from itself', async () => {
  const { reference } = await started();
  const found = await compared({ b: reference });
  expect(found.verdict).toBe('NOT_DISTINGUISHABLE');
  expect(found.mcnemar).toEqual({ onlyBaselineCorrect: 0, onlyCandidateCorrect: 0, pValue: 1 });
  expect(found.flips.churn).toBe(0);
  expect(found.confusionDifference.flat().every((difference) => difference === 0)).toBe(true);
});

itWithMirrorAndReference.each([
  ['RIGHT_TO_WRONG', (label: number, a: number, b: number) => a === label && b !== label],
  ['WRONG_TO_RIGHT', (label: number, a: number, b: number) => a !== label && b === label],
  [
    'BOTH_WRONG_DIFFERENTLY',
    (label: number, a: number, b: number) => a !== label && b !== label && a !== b,
  ],
])(
  'the samples that went %s are all there, page by page, the surest first',
  async (kind, holds) => {
    const { client, reference, own } = await started();
    const { labels, before, now } = await truth();
    const expected = [...labels.keys()].filter((i) =>
      holds(labels[i] ?? NaN, before[i] ?? NaN, now[i] ?? NaN),
    );
    expect(expected.length).toBeGreaterThan(100);
    const found: Flip[] = [];
    for (let offset = 0; offset <= expected.length; offset += 100) {
      const answer = await client.field('compareResults', FLIPS, {
        a: reference,
        b: own,
        kind,
        first: 100,
        offset,
      });
      found.push(...(answer as { flipSamples: Flip[] }).flipSamples);
    }
    expect(found.map(({ index }) => index).sort((a, b) => a - b)).toEqual(expected);
    for (const { index, trueClass, baseline, candidate } of found) {
      expect([baseline.index, candidate.index]).toEqual([index, index]);
      expect([trueClass, baseline.predictedClass, candidate.predictedClass]).toEqual([
        labels[index],
        before[index],
        now[index],
      ]);
    }
    const falling = found.map(({ candidate }) => candidate.probability);
    expect(falling).toEqual([...falling].sort((a, b) => b - a));
  },
);
