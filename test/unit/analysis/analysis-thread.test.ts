/** What the thread computes for few and for many classes is what the functions themselves give, within bounds. */
import { types } from 'node:util';
import { comparePredictions } from '../../../src/analysis/comparison/compare-predictions';
import type { LabelledOutputs } from '../../../src/analysis/result-predictions';
import { AnalysisThread } from '../../../src/analysis/thread/analysis-thread';
import { labelErrors } from '../../../src/metrics/label-errors';
import { scoreSamples } from '../../../src/metrics/sample-scores';
import { Random } from '../../../src/metrics/statistics/random';

let thread: AnalysisThread;
beforeEach(() => {
  thread = new AnalysisThread();
});
afterEach(() => thread.close());

function outputsOf(seed: number, classCount: number, sampleCount: number): LabelledOutputs {
  const random = new Random(seed);
  const outputs = new Float32Array(new SharedArrayBuffer(4 * classCount * sampleCount));
  const labels = new Uint16Array(new SharedArrayBuffer(2 * sampleCount));
  labels.forEach((_, i) => (labels[i] = i % classCount));
  outputs.forEach((_, at) => (outputs[at] = 3 * random.unit()));
  // Half of them are right.
  labels.forEach((label, i) => {
    if (random.below(2) === 0) outputs[i * classCount + label] = 4;
  });
  return { classCount, kind: 'logits', outputs, labels };
}

it.each([2, 3, 1_000])('with %i classes', async (classCount) => {
  const [a, b] = [outputsOf(1, classCount, 2_000), outputsOf(2, classCount, 2_000)];
  const [baseline, candidate] = [await thread.run('score', a), await thread.run('score', b)];
  const direct = scoreSamples(b);
  expect(candidate.predicted).toEqual(direct.predicted);
  expect(candidate.loss).toEqual(direct.loss);
  expect(types.isSharedArrayBuffer(candidate.loss.buffer)).toBe(true);

  const options = { level: 0.95, resamples: 200, seed: 1 };
  const comparison = await thread.run('compare', { baseline, candidate, options });
  expect(comparison).toEqual(comparePredictions(baseline, candidate, options));
  expect(comparison.flips.perClass).toHaveLength(classCount);

  const predictions = { ...b, scores: candidate };
  const found = await thread.run('labelErrors', { predictions, first: 10 });
  expect(found).toEqual(labelErrors(b, direct).slice(0, 10));
  const selection = {
    filter: { trueClass: 1, correct: false },
    by: 'loss' as const,
    descending: true,
    first: 5,
  };
  const page = await thread.run('select', { scores: candidate, selection });
  const expected = [...b.labels.keys()]
    .filter((i) => b.labels[i] === 1 && direct.predicted[i] !== 1)
    .sort((i, j) => (direct.loss[j] ?? NaN) - (direct.loss[i] ?? NaN));
  expect(page.totalCount).toBe(expected.length);
  expect(page.indexes).toEqual(expected.slice(0, 5));
});

it('lets so many wait and no more', async () => {
  const small = outputsOf(3, 2, 4);
  const all = await Promise.allSettled(
    Array.from({ length: 501 }, () => thread.run('score', small)),
  );
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(500);
  expect(all[500]).toMatchObject({ reason: { kind: 'operational', code: 'ANALYSIS_BUSY' } });
  expect((await thread.run('score', small)).sampleCount).toBe(4);
});
