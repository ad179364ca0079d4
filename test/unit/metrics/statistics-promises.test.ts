/**
 * Over 2,000 simulations: tests reject no more true nulls than they say, intervals hold what they should.
 */
import { mcnemarExact } from '../../../src/metrics/comparison/mcnemar';
import { countFlips } from '../../../src/metrics/comparison/flips';
import { differenceInterval } from '../../../src/metrics/comparison/paired-bootstrap';
import { fullReport } from '../../../src/metrics/full-report';
import { type Predictions, scoreSamples, totalsOfScores } from '../../../src/metrics/sample-scores';
import { topKAccuracy } from '../../../src/metrics/ranking/top-k';
import { bootstrapIntervals, type IntervalScalar } from '../../../src/metrics/statistics/bootstrap';
import { countScalars, rankBucket } from '../../../src/metrics/statistics/count-scalars';
import { Random } from '../../../src/metrics/statistics/random';
import { wilsonInterval } from '../../../src/metrics/statistics/wilson-interval';
import { marginsOf } from '../../../src/metrics/margins';

const SIMULATIONS = 2_000;
const ALPHA = 0.05;
/** α and two standard errors of a share of 2,000. */
const MOST_REJECTED = ALPHA + 2 * Math.sqrt((ALPHA * (1 - ALPHA)) / SIMULATIONS);
const LEAST_COVERED = 0.93;

/**
 * Two classifiers of the same accuracy: each sample is one of both right, A alone, B alone (equally often),
 * none.
 */
function nullPair(random: Random, n: number, discordant: number) {
  const labels = new Uint32Array(n);
  const predictedA = new Uint32Array(n);
  const predictedB = new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    const label = random.below(3);
    const wrong = (label + 1) % 3;
    const u = random.unit();
    const [rightA, rightB] =
      u < discordant / 2 ? [true, false] : u < discordant ? [false, true] : [u < 0.8, u < 0.8];
    labels[i] = label;
    predictedA[i] = rightA ? label : wrong;
    predictedB[i] = rightB ? label : wrong;
  }
  return { labels, predictedA, predictedB, classCount: 3 };
}

test.each([
  [40, 0.1, false],
  [100, 0.05, false],
  [200, 0.2, true],
  [500, 0.1, false],
  [2_000, 0.1, false],
])(
  'at n = %i with a share of %f that differ, true nulls are rejected as seldom as promised',
  (n, discordant, stratified) => {
    const random = new Random(n);
    let byTest = 0;
    let byInterval = 0;
    for (let s = 0; s < SIMULATIONS; s++) {
      const flips = countFlips(nullPair(random, n, discordant));
      const { rightToWrong, wrongToRight } = flips.total;
      if (mcnemarExact(rightToWrong, wrongToRight).pExact <= ALPHA) byTest++;
      const interval = differenceInterval(flips, { seed: s, resamples: 500, stratified });
      if (interval && (interval.low > 0 || interval.high < 0)) byInterval++;
    }
    expect(byTest / SIMULATIONS).toBeLessThanOrEqual(MOST_REJECTED);
    expect(byInterval / SIMULATIONS).toBeLessThanOrEqual(MOST_REJECTED);
  },
);

test.each([
  [100, 0.1],
  [400, 0.3],
])(
  'intervals of a difference hold the true one at n = %i with a share of %f that differ',
  (n, discordant) => {
    const random = new Random(n + 2);
    let covered = 0;
    for (let s = 0; s < SIMULATIONS; s++) {
      const pair = nullPair(random, n, discordant);
      // B learns a fifth of the samples by heart: it gains that share of those that it had wrong.
      pair.predictedB = pair.predictedB.map((predicted, i) =>
        random.below(5) === 0 ? (pair.labels[i] as number) : predicted,
      );
      const interval = differenceInterval(countFlips(pair), { seed: s, resamples: 300 });
      const wrongBefore = discordant / 2 + 0.2;
      const difference = wrongBefore / 5;
      if (interval && interval.low <= difference && difference <= interval.high) covered++;
    }
    expect(covered / SIMULATIONS).toBeGreaterThanOrEqual(LEAST_COVERED);
  },
);

test('both find a difference that is there', () => {
  const random = new Random(4);
  let byTest = 0;
  let byInterval = 0;
  for (let s = 0; s < 200; s++) {
    const pair = nullPair(random, 500, 0.1);
    // Half of what A alone had right is B's too.
    pair.predictedB = pair.predictedB.map((predicted, i) =>
      random.below(2) === 0 ? (pair.labels[i] as number) : predicted,
    );
    const flips = countFlips(pair);
    if (mcnemarExact(flips.total.rightToWrong, flips.total.wrongToRight).pExact <= ALPHA) byTest++;
    if ((differenceInterval(flips, { seed: s, resamples: 300 })?.low ?? 0) > 0) byInterval++;
  }
  expect(byTest).toBeGreaterThan(190);
  expect(byInterval).toBeGreaterThan(190);
});

test.each([
  [30, 0.9],
  [200, 0.8],
  [1_000, 0.99],
])('Wilson intervals of %i samples at %f hold the true share', (n, share) => {
  const random = new Random(n + 1);
  let covered = 0;
  for (let s = 0; s < SIMULATIONS; s++) {
    let hits = 0;
    for (let i = 0; i < n; i++) if (random.unit() < share) hits++;
    const interval = wilsonInterval(hits, n);
    if (interval && interval.low <= share && share <= interval.high) covered++;
  }
  expect(covered / SIMULATIONS).toBeGreaterThanOrEqual(LEAST_COVERED);
});

const CLASSES = 4;

/** 20,000 samples of which each simulation draws some: their figures are the truth. */
function population(): Predictions {
  const random = new Random(99);
  const labels = Array.from({ length: 20_000 }, () => Math.floor(CLASSES * random.unit() ** 1.5));
  const outputs = labels.flatMap((label) =>
    Array.from({ length: CLASSES }, (_, k) => 4 * random.unit() + (k === label ? 2 : 0)),
  );
  return { outputs, labels, classCount: CLASSES };
}

/** As likely to be right as it says: all of its calibration error in a sample is noise. */
function calibratedPopulation(): Predictions {
  const random = new Random(98);
  const labels: number[] = [];
  const outputs: number[] = [];
  for (let i = 0; i < 100_000; i++) {
    const logits = Array.from({ length: CLASSES }, () => 5 * (random.unit() + random.unit() - 1));
    const weights = logits.map(Math.exp);
    let left = random.unit() * weights.reduce((sum, weight) => sum + weight, 0);
    labels.push(weights.findIndex((weight, k) => k === CLASSES - 1 || (left -= weight) < 0));
    outputs.push(...logits);
  }
  return { outputs, labels, classCount: CLASSES };
}

function drawnFrom({ outputs, labels, classCount }: Predictions, random: Random, n: number) {
  const drawn = {
    outputs: new Float64Array(n * classCount),
    labels: new Uint32Array(n),
    classCount,
  };
  for (let i = 0; i < n; i++) {
    const sample = random.below(labels.length);
    drawn.labels[i] = labels[sample] as number;
    for (let k = 0; k < classCount; k++) {
      drawn.outputs[i * classCount + k] = outputs[sample * classCount + k] as number;
    }
  }
  return drawn;
}

function truthOf(predictions: Predictions): Partial<Record<IntervalScalar, number | null>> {
  const { report, scores: all } = fullReport(predictions);
  const buckets = [0, 0, 0, 0, 0];
  for (const rank of all.rank) {
    const bucket = rankBucket(rank);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  return {
    ...countScalars(marginsOf(totalsOfScores(all).confusionMatrix), buckets),
    loss: report.loss,
    brier: report.brier,
    rocAucMacro: report.rocAucOvr.macro,
    rocAucWeighted: report.rocAucOvr.weighted,
    averagePrecisionMacro: report.averagePrecision.macro,
    expectedCalibrationError: report.calibration.expectedCalibrationError,
  };
}

test.each([
  ['', population, 1_000],
  [' that is calibrated', calibratedPopulation, 500],
])(
  'the intervals that a result keeps of every scalar hold the truth of a population%s',
  (_, made, n) => {
    const all = made();
    const truth = truthOf(all);
    const covered = new Map<string, number>();
    const random = new Random(31);
    for (let s = 0; s < SIMULATIONS; s++) {
      const drawn = drawnFrom(all, random, n);
      const scores = scoreSamples(drawn);
      const { intervals } = bootstrapIntervals(drawn, scores, { seed: s, resamples: 200 });
      // Of shares with few misses percentiles are too narrow: results keep Wilson's of these, and prefer it.
      const topK = topKAccuracy(scores);
      intervals.top2 = wilsonInterval(Math.round((topK[2] ?? NaN) * n), n);
      intervals.top3 = wilsonInterval(Math.round((topK[3] ?? NaN) * n), n);
      for (const [name, interval] of Object.entries(intervals)) {
        const value = truth[name as IntervalScalar] ?? NaN;
        const holds = interval !== null && interval.low <= value && value <= interval.high;
        covered.set(name, (covered.get(name) ?? 0) + (holds ? 1 : 0));
      }
    }
    expect(covered.size).toBe(Object.keys(truth).length);
    const shares = [...covered].map(([name, count]) => ({ name, share: count / SIMULATIONS }));
    expect(shares.filter(({ share }) => share < LEAST_COVERED)).toEqual([]);
  },
  180_000,
);
