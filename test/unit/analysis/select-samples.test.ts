/** Pages of samples are what sorting all of them would give, from the first to the last. */
import fc from 'fast-check';
import type { ScoredSamples } from '../../../src/analysis/result-predictions';
import {
  type SampleFigure,
  type SampleSelection,
  selectSamples,
} from '../../../src/analysis/thread/select-samples';

/** Few values, so that many are equal. */
const figures = fc.constantFrom(0, 0.125, 0.5, 0.5 + Number.EPSILON, 1);
const samplesOf = fc.array(
  fc.record({
    label: fc.nat(2),
    predicted: fc.nat(2),
    confidence: figures,
    margin: figures,
    loss: figures,
  }),
  { maxLength: 60 },
);
const selections = fc.record({
  filter: fc.record({
    trueClass: fc.option(fc.nat(2), { nil: undefined }),
    predictedClass: fc.option(fc.nat(2), { nil: undefined }),
    correct: fc.option(fc.boolean(), { nil: undefined }),
  }),
  by: fc.constantFrom<SampleFigure>('confidence', 'margin', 'loss', 'index'),
  descending: fc.boolean(),
  first: fc.integer({ min: 1, max: 10 }),
});

type Sample = Record<'label' | 'predicted' | 'confidence' | 'margin' | 'loss', number>;

function scoresOf(samples: readonly Sample[]): ScoredSamples {
  const column = (name: keyof Sample) => samples.map((sample) => sample[name]);
  return {
    sampleCount: samples.length,
    labels: Uint32Array.from(column('label')),
    predicted: Uint32Array.from(column('predicted')),
    confidence: Float64Array.from(column('confidence')),
    margin: Float64Array.from(column('margin')),
    loss: Float64Array.from(column('loss')),
  } as ScoredSamples;
}

function sorted(samples: readonly Sample[], { filter, by, descending }: SampleSelection): number[] {
  return [...samples.keys()]
    .filter((i) => {
      const { label, predicted } = samples[i] ?? { label: NaN, predicted: NaN };
      if (filter.trueClass !== undefined && label !== filter.trueClass) return false;
      if (filter.predictedClass !== undefined && predicted !== filter.predictedClass) return false;
      return filter.correct === undefined || (label === predicted) === filter.correct;
    })
    .sort((a, b) => {
      const [x, y] = [a, b].map((i) => (by === 'index' ? i : (samples[i]?.[by] ?? NaN))) as [
        number,
        number,
      ];
      return x === y ? a - b : descending ? y - x : x - y;
    });
}

it('page by page they are the sorted list, with its count on each page', () => {
  fc.assert(
    fc.property(samplesOf, selections, (samples, selection) => {
      const scores = scoresOf(samples);
      const expected = sorted(samples, selection);
      const found: number[] = [];
      for (let after: number | undefined, more = true; more; after = found.at(-1)) {
        const page = selectSamples(scores, { ...selection, after });
        expect(page.totalCount).toBe(expected.length);
        expect(page.hasPrevious).toBe(found.length > 0);
        found.push(...page.indexes);
        more = page.hasNext;
        expect(more).toBe(found.length < expected.length);
        expect(page.indexes.length).toBeLessThanOrEqual(selection.first);
      }
      expect(found).toEqual(expected);
    }),
    { numRuns: 3_000 },
  );
});

it('begins behind a sample that the filter does not let through, too', () => {
  const scores = scoresOf(
    [0.9, 0.8, 0.7, 0.6].map((confidence, i) => ({
      label: i % 2,
      predicted: 0,
      confidence,
      margin: 0,
      loss: 0,
    })),
  );
  const selection = {
    filter: { trueClass: 0 },
    by: 'confidence' as const,
    descending: true,
    first: 5,
  };
  expect(selectSamples(scores, { ...selection, after: 1 })).toEqual({
    indexes: [2],
    totalCount: 2,
    hasPrevious: true,
    hasNext: false,
  });
});
