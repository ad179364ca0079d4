import fc from 'fast-check';
import { fullReportJson } from '../../../src/evaluations/scores/report-json';
import { type FullReport, fullReport } from '../../../src/metrics/full-report';
import { expectClose } from './close';

interface Sample {
  label: number;
  logits: number[];
}

const RUNS = { numRuns: 2_000 };

/** Logits within a row are distinct: a tie is decided by the index, which a permutation changes. */
const batches = fc.integer({ min: 2, max: 7 }).chain((classCount) =>
  fc.record({
    classCount: fc.constant(classCount),
    samples: fc.array(
      fc.record({
        label: fc.nat(classCount - 1),
        logits: fc.uniqueArray(
          fc.integer({ min: -400, max: 400 }).map((n) => n / 16),
          {
            minLength: classCount,
            maxLength: classCount,
          },
        ),
      }),
      { minLength: 1, maxLength: 25 },
    ),
  }),
);

function permutationOf(size: number): fc.Arbitrary<number[]> {
  const identity = Array.from({ length: size }, (_, i) => i);
  return fc.shuffledSubarray(identity, { minLength: size, maxLength: size });
}

function reportOf(samples: readonly Sample[], classCount: number): FullReport {
  return fullReport({
    outputs: samples.flatMap(({ logits }) => logits),
    labels: samples.map(({ label }) => label),
    classCount,
  }).report;
}

test('the order of samples changes no metric of scores', () => {
  const shuffled = batches.chain((batch) =>
    fc.tuple(fc.constant(batch), permutationOf(batch.samples.length)),
  );
  fc.assert(
    fc.property(shuffled, ([{ classCount, samples }, order]) => {
      const reordered = order.map((i) => samples[i] as Sample);
      expectClose(reportOf(reordered, classCount), reportOf(samples, classCount), 1e-9);
    }),
    RUNS,
  );
});

test('another order of classes permutes the figures of classes and changes no other', () => {
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
      const before = reportOf(samples, classCount);
      const after = reportOf(renamed, classCount);
      // A softmax whose sum is added in another order may be off by a rounding: equal scores of two samples, or a
      // confidence at the edge of a bin, are then told apart. So what ranks or bins is held where nothing is near.
      const { topK, brier, cohenKappa, matthewsCorrcoef, accuracyWilson95 } = before;
      expectClose(after, { topK, brier, cohenKappa, matthewsCorrcoef, accuracyWilson95 }, 1e-9);
      if (!distinctScores(samples)) return;
      for (const figures of ['rocAucOvr', 'averagePrecision'] as const) {
        expectClose(after[figures].macro, before[figures].macro, 1e-9);
        before[figures].perClass.forEach((value, k) => {
          expectClose(after[figures].perClass[newIndex[k] as number], value, 1e-9);
        });
      }
    }),
    RUNS,
  );
});

/** No two samples have nearly the same probability of a class. */
function distinctScores(samples: readonly Sample[]): boolean {
  const rows = samples.map(({ logits }) => {
    const max = Math.max(...logits);
    const sum = logits.reduce((total, logit) => total + Math.exp(logit - max), 0);
    return logits.map((logit) => Math.exp(logit - max) / sum);
  });
  return (rows[0] ?? []).every((_, k) => {
    const column = rows.map((row) => row[k] as number).sort((a, b) => a - b);
    return column.every((p, i) => i === 0 || p - (column[i - 1] as number) > 1e-12 * p);
  });
}

test('every figure stays in its range or is null, and top-k grows with k from the accuracy on', () => {
  fc.assert(
    fc.property(batches, ({ classCount, samples }) => {
      const report = reportOf(samples, classCount);
      const within = (low: number, high: number, values: readonly (number | null)[]): void => {
        for (const value of values) {
          if (value === null) continue;
          expect(value).toBeGreaterThanOrEqual(low - 1e-12);
          expect(value).toBeLessThanOrEqual(high + 1e-12);
        }
      };
      const { rocAucOvr, averagePrecision, calibration, accuracyWilson95 } = report;
      const tops = Object.values(report.topK);
      within(0, 1, [...tops, ...rocAucOvr.perClass, rocAucOvr.macro, rocAucOvr.weighted]);
      within(0, 1, [...averagePrecision.perClass, averagePrecision.macro]);
      within(0, 1, [calibration.expectedCalibrationError]);
      within(0, 2, [report.brier]);
      within(-1, 1, [report.cohenKappa, report.matthewsCorrcoef]);
      within(accuracyWilson95.low, accuracyWilson95.high, [report.accuracy]);
      expect(tops[0]).toBe(report.accuracy);
      expect([...tops].sort((a, b) => a - b)).toEqual(tops);
      const present = new Set(samples.map(({ label }) => label));
      rocAucOvr.perClass.forEach((value, k) => {
        expect(value !== null).toBe(present.has(k) && present.size > 1);
      });
    }),
    RUNS,
  );
});

test('a perfect classifier scores 1, and 0 where it is an error', () => {
  fc.assert(
    fc.property(batches, ({ classCount, samples }) => {
      const perfect = samples.map(({ label, logits }) => ({
        label,
        logits: logits.map((logit, k) => (k === label ? 100 : logit)),
      }));
      const report = reportOf(perfect, classCount);
      const several = new Set(samples.map(({ label }) => label)).size > 1;
      expect(Object.values(report.topK).every((share) => share === 1)).toBe(true);
      expect(report.brier).toBeLessThan(1e-12);
      expect(report.calibration.expectedCalibrationError).toBeLessThan(1e-12);
      expect(report.cohenKappa).toBe(several ? 1 : null);
      expectClose(report.matthewsCorrcoef, several ? 1 : 0, 1e-12);
      expect(report.rocAucOvr.macro).toBe(several ? 1 : null);
      expect(report.averagePrecision.macro).toBe(several ? 1 : null);
    }),
    RUNS,
  );
});

test('nothing that a program reads is NaN or infinite', () => {
  fc.assert(
    fc.property(batches, ({ classCount, samples }) => {
      const answer = fullReportJson(reportOf(samples, classCount));
      // JSON turns NaN and infinities into null, so a copy through it is equal only where there are none.
      expect(JSON.parse(JSON.stringify(answer))).toEqual(answer);
    }),
    RUNS,
  );
});
