/** In which order the page lays the classes of a confusion matrix. */
import fc from 'fast-check';
import { byClass, byCluster, byError } from '../../../src/dashboard/charts/matrix/class-order';

const square = fc.integer({ min: 1, max: 12 }).chain((size) =>
  fc.array(fc.array(fc.nat(50), { minLength: size, maxLength: size }), {
    minLength: size,
    maxLength: size,
  }),
);

it.each([
  ['by class', byClass],
  ['by error', byError],
  ['clustered', byCluster],
])('%s, each class has one place', (_name, order) => {
  fc.assert(
    fc.property(square, (counts) => {
      expect(order(counts).toSorted((a, b) => a - b)).toEqual(byClass(counts));
    }),
  );
});

it('the class with the largest share of errors is first, one without samples last', () => {
  const counts = [
    [90, 10, 0, 0],
    [1, 1, 0, 0],
    [0, 0, 0, 0],
    [0, 0, 0, 7],
  ];
  expect(byError(counts)).toEqual([1, 0, 3, 2]);
});

it('classes that are taken for each other stand together', () => {
  // 0 with 3, 1 with 4, 2 alone; the two pairs have little to do with each other.
  const counts = [
    [50, 0, 1, 40, 0],
    [0, 60, 0, 1, 30],
    [1, 0, 90, 0, 1],
    [35, 1, 0, 55, 0],
    [0, 25, 1, 0, 70],
  ];
  const order = byCluster(counts);
  const apart = (a: number, b: number) => Math.abs(order.indexOf(a) - order.indexOf(b));
  expect(apart(0, 3)).toBe(1);
  expect(apart(1, 4)).toBe(1);
});

it('blocks of ten among a hundred shuffled classes come together again', () => {
  const block = (label: number) => (label * 7) % 10;
  const counts = Array.from({ length: 100 }, (_, row) =>
    Array.from({ length: 100 }, (_unused, column) =>
      row === column ? 50 : block(row) === block(column) ? 4 + ((row + column) % 3) : 0,
    ),
  );
  const blocks = byCluster(counts).map(block);
  const changes = blocks.slice(1).filter((one, index) => one !== blocks[index]).length;
  expect(changes).toBe(9);
});
