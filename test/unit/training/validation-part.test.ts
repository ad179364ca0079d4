import fc from 'fast-check';
import { UserError } from '../../../src/errors';
import { divideTrainingSplit } from '../../../src/training/validation-part';

const labelsOf = (values: number[]): Uint16Array => Uint16Array.from(values);

function countByClass(labels: Uint16Array, samples: Uint32Array, classCount: number): number[] {
  const labelled = Array.from(samples, (sample) => labels[sample]);
  return Array.from(
    { length: classCount },
    (_, label) => labelled.filter((found) => found === label).length,
  );
}

test('the parts are disjoint, ascending and together the whole split', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 4 }), { minLength: 10, maxLength: 300 }),
      fc.double({ min: 0.01, max: 0.5, noNaN: true }),
      fc.nat(),
      (values, fraction, seed) => {
        const { training, validation } = divideTrainingSplit(labelsOf(values), 5, fraction, seed);
        const together = [...training, ...validation].sort((a, b) => a - b);
        expect(together).toEqual(values.map((_, sample) => sample));
        expect([...training]).toEqual([...training].sort((a, b) => a - b));
        expect([...validation]).toEqual([...validation].sort((a, b) => a - b));
      },
    ),
  );
});

test('every class gives the same share, rounded, and keeps a sample in both parts', () => {
  const labels = labelsOf([
    ...new Array<number>(1000).fill(0),
    ...new Array<number>(96).fill(1),
    ...new Array<number>(2).fill(2),
  ]);
  const { training, validation } = divideTrainingSplit(labels, 3, 0.1, 5);
  expect(countByClass(labels, validation, 3)).toEqual([100, 10, 1]);
  expect(countByClass(labels, training, 3)).toEqual([900, 86, 1]);
});

test('the seed decides which samples are held out', () => {
  const labels = labelsOf(Array.from({ length: 500 }, (_, sample) => sample % 5));
  const held = (seed: number): number[] => [
    ...divideTrainingSplit(labels, 5, 0.1, seed).validation,
  ];
  expect(held(1)).toEqual(held(1));
  expect(held(1)).not.toEqual(held(2));
});

test('a split with at most one sample a class is refused, as nothing could be held out', () => {
  const code = (values: number[]): string => {
    try {
      divideTrainingSplit(labelsOf(values), 3, 0.5, 1);
      return 'accepted';
    } catch (error) {
      return error instanceof UserError ? error.code : String(error);
    }
  };
  expect(code([])).toBe('TRAINING_SET_TOO_SMALL');
  expect(code([0, 1, 2])).toBe('TRAINING_SET_TOO_SMALL');
  expect(code([0, 0, 2])).toBe('accepted');
});
