/** Where the keys of a grid lead. */
import { placeAfterKey } from '../../../src/dashboard/charts/matrix/cell-keys';

const from = { row: 4, column: 2 };
const after = (key: string, ctrlKey = false) => placeAfterKey({ key, ctrlKey }, from, 10, 5);

it.each([
  ['ArrowUp', 3, 2],
  ['ArrowDown', 5, 2],
  ['ArrowLeft', 4, 1],
  ['ArrowRight', 4, 3],
  ['Home', 4, 0],
  ['End', 4, 9],
  ['PageUp', 0, 2],
  ['PageDown', 9, 2],
])('%s leads to row %i, column %i', (key, row, column) => {
  expect(after(key)).toEqual({ row, column });
});

it('with Control, Home and End lead to the corners', () => {
  expect(after('Home', true)).toEqual({ row: 0, column: 0 });
  expect(after('End', true)).toEqual({ row: 9, column: 9 });
});

it('the edges hold, and other keys are left to the browser', () => {
  const corner = { row: 0, column: 0 };
  expect(placeAfterKey({ key: 'ArrowUp', ctrlKey: false }, corner, 10, 5)).toEqual(corner);
  expect(after('Tab')).toBeUndefined();
  expect(after('a')).toBeUndefined();
});
