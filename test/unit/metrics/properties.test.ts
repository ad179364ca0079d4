import fc from 'fast-check';
import { report } from '../../../src/metrics/report';
import { mergeTotals, totalsOf } from '../../../src/metrics/totals';
import { expectClose } from './close';

interface Sample {
  label: number;
  logits: number[];
}

interface Batch {
  classCount: number;
  samples: Sample[];
}

const RUNS = { numRuns: 2_000 };

/** Logits within a row are distinct: a tie is decided by the index, which a permutation changes. */
const batches: fc.Arbitrary<Batch> = fc.integer({ min: 2, max: 6 }).chain((classCount) =>
  fc.record({
    classCount: fc.constant(classCount),
    samples: fc.array(
      fc.record({
        label: fc.nat(classCount - 1),
        logits: fc.uniqueArray(fc.double({ min: -1e4, max: 1e4, noNaN: true }), {
          minLength: classCount,
          maxLength: classCount,
          comparator: 'SameValueZero',
        }),
      }),
      { minLength: 1, maxLength: 25 },
    ),
  }),
);

function totalsOfSamples(samples: readonly Sample[], classCount: number) {
  const logits = samples.flatMap((sample) => sample.logits);
  return totalsOf(
    logits,
    samples.map(({ label }) => label),
    classCount,
  );
}

function permutationOf(size: number): fc.Arbitrary<number[]> {
  const identity = Array.from({ length: size }, (_, i) => i);
  return fc.shuffledSubarray(identity, { minLength: size, maxLength: size });
}

function oneHot(classes: readonly number[], classCount: number): number[] {
  return classes.flatMap((k) => Array.from({ length: classCount }, (_, i) => (i === k ? 1 : 0)));
}

test('the order of samples changes nothing', () => {
  const shuffled = batches.chain((batch) =>
    fc.tuple(fc.constant(batch), permutationOf(batch.samples.length)),
  );
  fc.assert(
    fc.property(shuffled, ([{ classCount, samples }, order]) => {
      const reordered = order.map((i) => samples[i] as Sample);
      expectClose(
        report(totalsOfSamples(reordered, classCount)),
        report(totalsOfSamples(samples, classCount)),
        1e-9,
      );
    }),
    RUNS,
  );
});

test('another order of classes reorders the report and changes no average', () => {
  const permuted = batches.chain((batch) =>
    fc.tuple(fc.constant(batch), permutationOf(batch.classCount)),
  );
  fc.assert(
    fc.property(permuted, ([{ classCount, samples }, newIndex]) => {
      const renamed = samples.map(({ label, logits }) => {
        const moved = new Array<number>(classCount);
        logits.forEach((logit, k) => (moved[newIndex[k] as number] = logit));
        return { label: newIndex[label] as number, logits: moved };
      });
      const before = report(totalsOfSamples(samples, classCount));
      const after = report(totalsOfSamples(renamed, classCount));
      for (const metrics of before.perClass) {
        const label = newIndex[metrics.label] as number;
        expectClose(after.perClass[label], { ...metrics, label }, 1e-12);
        before.confusionMatrix[metrics.label]?.forEach((count, j) => {
          expect(after.confusionMatrix[label]?.[newIndex[j] as number]).toBe(count);
        });
      }
      const { loss, accuracy, balancedAccuracy, macro, micro, weighted } = before;
      expectClose(after, { loss, accuracy, balancedAccuracy, macro, micro, weighted }, 1e-9);
    }),
    RUNS,
  );
});

test('two shards merged equal the whole, and neither is changed', () => {
  const cut = batches.chain((batch) => fc.tuple(fc.constant(batch), fc.nat(batch.samples.length)));
  fc.assert(
    fc.property(cut, ([{ classCount, samples }, at]) => {
      const whole = totalsOfSamples(samples, classCount);
      const left = totalsOfSamples(samples.slice(0, at), classCount);
      const right = totalsOfSamples(samples.slice(at), classCount);
      const before = structuredClone([left, right]);
      const merged = mergeTotals(left, right);
      expectClose(merged, whole, 1e-12);
      expect(merged.confusionMatrix).toEqual(whole.confusionMatrix);
      expect([left, right]).toEqual(before);
    }),
    RUNS,
  );
});

test('a perfect classifier scores 1 on the classes that occur, and its loss vanishes', () => {
  fc.assert(
    fc.property(batches, ({ classCount, samples }) => {
      const labels = samples.map(({ label }) => label);
      const logits = oneHot(labels, classCount).map((hot) => hot * 100);
      const ours = report(totalsOf(logits, labels, classCount));
      expect([ours.accuracy, ours.balancedAccuracy, ours.micro.f1]).toEqual([1, 1, 1]);
      expectClose(ours.weighted, { precision: 1, recall: 1, f1: 1 }, 1e-12);
      expect(ours.loss).toBeLessThan(1e-40);
      for (const { support, precision, recall, f1 } of ours.perClass) {
        const score = support > 0 ? 1 : 0;
        expect([precision, recall, f1]).toEqual([score, score, score]);
      }
    }),
    RUNS,
  );
});

test('exchanging labels and predictions transposes the matrix and exchanges precision and recall', () => {
  const pairs = batches.chain(({ classCount, samples }) =>
    fc.record({
      classCount: fc.constant(classCount),
      labels: fc.constant(samples.map(({ label }) => label)),
      predictions: fc.array(fc.nat(classCount - 1), {
        minLength: samples.length,
        maxLength: samples.length,
      }),
    }),
  );
  fc.assert(
    fc.property(pairs, ({ classCount, labels, predictions }) => {
      const there = report(totalsOf(oneHot(predictions, classCount), labels, classCount));
      const back = report(totalsOf(oneHot(labels, classCount), predictions, classCount));
      there.confusionMatrix.forEach((row, i) => {
        row.forEach((count, j) => {
          expect(back.confusionMatrix[j]?.[i]).toBe(count);
        });
      });
      for (const { label, precision, recall, f1 } of there.perClass) {
        expectClose(back.perClass[label], { precision: recall, recall: precision, f1 }, 1e-12);
      }
    }),
    RUNS,
  );
});

test('the loss equals −log softmax computed the long way, and no figure leaves its range', () => {
  fc.assert(
    fc.property(batches, ({ classCount, samples }) => {
      const small = samples.map(({ label, logits }) => ({
        label,
        logits: logits.map((logit) => logit / 1e3),
      }));
      const losses = small.map(({ label, logits }) => {
        const exponentials = logits.map(Math.exp);
        const sum = exponentials.reduce((a, b) => a + b);
        return -Math.log((exponentials[label] as number) / sum);
      });
      const ours = report(totalsOfSamples(small, classCount));
      expectClose(ours.loss, losses.reduce((a, b) => a + b) / losses.length, 1e-9, 'loss');
      const ratios = [ours.macro, ours.micro, ours.weighted, ...ours.perClass].flatMap(
        ({ precision, recall, f1 }) => [precision, recall, f1],
      );
      for (const value of [...ratios, ours.accuracy, ours.balancedAccuracy]) {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1 + 1e-12);
      }
    }),
    RUNS,
  );
});
