import fc from 'fast-check';
import { fisherExact } from '../../../../src/metrics/slices/fisher-exact';
import { quantileGroups } from '../../../../src/metrics/slices/quantile-groups';
import { sliceFigures } from '../../../../src/metrics/slices/slices';
import { holm } from '../../../../src/metrics/comparison/holm';

/** Of scipy.stats.fisher_exact, 1.17. */
test.each([
  [[8, 10, 1, 6], 0.034965034965034975],
  [[6, 8, 1, 5], 0.10256410256410256],
  [[0, 3, 97, 97], 6.184291898577613e-6],
  [[700, 1000, 8300, 9000], 2.2377726206215104e-80],
  [[1000, 1000, 8154, 9000], 6.057688109177249e-41],
  [[3, 7, 30, 40], 0.17320450574727114],
  [[22000, 25000, 69000, 75000], 3.6384149511629966e-77],
  [[5, 10, 5, 10], 1],
  [[1, 1, 0, 9], 0.1],
  [[0, 1, 9, 9], 0.1],
  [[830, 1000, 8184, 9000], 1.2905929954713566e-13],
] as const)("Fisher's p of %j is scipy's", ([hits, total, otherHits, otherTotal], expected) => {
  const p = fisherExact({ hits, total, otherHits, otherTotal });
  expect(Math.abs(p / expected - 1)).toBeLessThan(1e-9);
});

test('without a hit, or without a miss, nothing can differ', () => {
  expect(fisherExact({ hits: 0, total: 5, otherHits: 0, otherTotal: 9 })).toBe(1);
  expect(fisherExact({ hits: 5, total: 5, otherHits: 9, otherTotal: 9 })).toBe(1);
});

/** Tables counted one by one, in whole numbers. */
function choose(n: number, k: number): bigint {
  let product = 1n;
  for (let i = 0; i < k; i++) product = (product * BigInt(n - i)) / BigInt(i + 1);
  return product;
}

test("Fisher's p counts the tables that are at most as likely", () => {
  const share = fc.integer({ min: 0, max: 25 });
  fc.assert(
    fc.property(share, share, share, share, (hits, misses, otherHits, otherMisses) => {
      fc.pre(hits + misses > 0 && otherHits + otherMisses > 0);
      const total = hits + misses;
      const otherTotal = otherHits + otherMisses;
      const all = hits + otherHits;
      const ways = (k: number): bigint => choose(total, k) * choose(otherTotal, all - k);
      let counted = 0n;
      for (let k = 0; k <= Math.min(all, total); k++) {
        if (all - k <= otherTotal && ways(k) <= ways(hits)) counted += ways(k);
      }
      const expected = Number(counted) / Number(choose(total + otherTotal, all));
      const p = fisherExact({ hits, total, otherHits, otherTotal });
      expect(Math.abs(p - expected)).toBeLessThan(1e-12);
      const swapped = { hits: otherHits, total: otherTotal, otherHits: hits, otherTotal: total };
      expect(Math.abs(fisherExact(swapped) - p)).toBeLessThan(1e-12);
    }),
    { numRuns: 2_000 },
  );
});

describe('quartiles', () => {
  test("are numpy's, and equal values stay together", () => {
    // np.quantile([1, 2, 2, 3, 5, 8, 9], [0, .25, .5, .75, 1]) → 1, 2, 3, 6.5, 9
    const { codes, groups } = quantileGroups(Float64Array.of(3, 2, 9, 2, 1, 8, 5));
    expect(groups).toEqual([
      { lower: 1, upper: 2 },
      { lower: 2, upper: 3 },
      { lower: 3, upper: 6.5 },
      { lower: 6.5, upper: 9 },
    ]);
    expect([...codes]).toEqual([1, 0, 3, 0, 0, 3, 2]);
  });

  test('of equal values leave groups empty, of none there are none', () => {
    expect([...quantileGroups(Float64Array.of(7, 7, 7)).codes]).toEqual([0, 0, 0]);
    expect(quantileGroups(new Float64Array(0)).groups).toEqual([]);
  });

  test('hold every value within their bounds', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1 }), (values) => {
        const { codes, groups } = quantileGroups(Float64Array.from(values));
        values.forEach((value, i) => {
          const code = codes[i] ?? -1;
          const { lower, upper } = groups[code] ?? { lower: NaN, upper: NaN };
          expect(value <= upper && (code === 0 ? value >= lower : value > lower)).toBe(true);
        });
      }),
    );
  });
});

describe('figures of slices', () => {
  const scores = {
    sampleCount: 6,
    labels: Uint32Array.of(0, 0, 1, 1, 2, 2),
    predicted: Uint32Array.of(0, 1, 1, 1, 0, 0),
    loss: Float64Array.of(0.5, 2, 0.25, 0.75, 3, 1),
  };

  test('are those that a hand counts', () => {
    const names = ['a', 'b', 'c', 'nobody'];
    const found = sliceFigures(scores, [{ codes: scores.labels, names }]);
    expect(found.map(({ name }) => name)).toEqual(['c', 'a', 'b']);
    expect(found[0]).toMatchObject({ sampleCount: 2, accuracy: 0, loss: 2, deltaToRest: -0.75 });
    expect(found[1]).toMatchObject({ accuracy: 0.5, loss: 1.25, deltaToRest: 0 });
    // One way of 15 to have all three misses with the two of a slice, three with none of them.
    expect(found[0]?.pValue).toBeCloseTo(0.4, 12);
    expect(found[2]).toMatchObject({ accuracy: 1, loss: 0.5, deltaToRest: 0.75 });
    expect(found.map(({ adjustedPValue }) => adjustedPValue)).toEqual([1, 1, 1]);
  });

  test('one that holds every sample has no rest to be held against', () => {
    expect(sliceFigures(scores, [{ codes: new Uint8Array(6), names: ['all'] }])).toEqual([]);
  });

  test('a few samples without a hit do not stand before many with few', () => {
    const count = 1_000;
    const codes = new Uint8Array(count).fill(1, 1, 501).fill(2, 501);
    const hit = (i: number): boolean => (i === 0 ? false : i <= 500 ? i <= 250 : true);
    const labels = new Uint32Array(count);
    const predicted = labels.map((_, i) => (hit(i) ? 0 : 1));
    const many = { sampleCount: count, labels, predicted, loss: new Float64Array(count) };
    const found = sliceFigures(many, [{ codes, names: ['one', 'half', 'rest'] }]);
    expect(found.map(({ name }) => name)).toEqual(['half', 'one', 'rest']);
  });

  test('are those of a naive count, whatever the slices, corrected for all of them', () => {
    const sample = fc.tuple(...[2, 2, 3, 2].map((max) => fc.integer({ min: 0, max })));
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 60 }), (rows) => {
        const column = (c: number) => Uint32Array.from(rows, (row) => row[c] ?? 0);
        const [labels, predicted, first, second] = [0, 1, 2, 3].map(column) as [
          Uint32Array,
          Uint32Array,
          Uint32Array,
          Uint32Array,
        ];
        const loss = Float64Array.from(rows, (_, i) => i / 7);
        const found = sliceFigures({ sampleCount: rows.length, labels, predicted, loss }, [
          { codes: first, names: [0, 1, 2, 3] },
          { codes: second, names: [10, 11, 12] },
        ]);
        const indexes = [...rows.keys()];
        const right = (of: number[]) => of.filter((i) => labels[i] === predicted[i]).length;
        for (const slice of found) {
          const isInside = (i: number) =>
            slice.name < 10 ? first[i] === slice.name : second[i] === slice.name - 10;
          const inside = indexes.filter(isInside);
          const rest = indexes.filter((i) => !isInside(i));
          const mean = inside.reduce((sum, i) => sum + (loss[i] ?? NaN), 0) / inside.length;
          expect(slice.sampleCount).toBe(inside.length);
          expect(slice.accuracy).toBeCloseTo(right(inside) / inside.length, 12);
          expect(slice.deltaToRest).toBeCloseTo(
            right(inside) / inside.length - right(rest) / rest.length,
            12,
          );
          expect(slice.loss).toBeCloseTo(mean, 10);
        }
        const partitions = [first, second].filter((codes) => new Set(codes).size > 1);
        const expected = partitions.reduce((sum, codes) => sum + new Set(codes).size, 0);
        expect(found).toHaveLength(expected);
        expect(found.map(({ adjustedPValue }) => adjustedPValue)).toEqual(
          holm(found.map(({ pValue }) => pValue)),
        );
        const ends = found.map(({ interval }) => interval.high);
        expect(ends).toEqual([...ends].sort((a, b) => a - b));
      }),
      { numRuns: 1_000 },
    );
  });
});
