import { expectClose } from './close';

test('the comparison of figures fails on a difference, a missing field and another length', () => {
  expectClose({ a: [1, { b: 2 }] }, { a: [1, { b: 2 + 1e-10 }] }, 1e-9);
  expect(() => {
    expectClose({ a: [1, 2] }, { a: [1, 2.1] }, 1e-9);
  }).toThrow('report.a[1] is 2');
  expect(() => {
    expectClose({}, { a: 0 }, 1e-9);
  }).toThrow('report.a is undefined');
  expect(() => {
    expectClose([1, 2], [1], 1e-9);
  }).toThrow('list of 1');
  expect(() => {
    expectClose({ a: NaN }, { a: 0 }, 1e-9);
  }).toThrow('NaN');
  expect(() => {
    expectClose({ a: 0 }, { a: null }, 1e-9);
  }).toThrow('report.a is 0, not null');
  expect(() => {
    expectClose({}, { a: null }, 1e-9);
  }).toThrow('not null');
  expect(() => {
    expectClose({ a: 0 }, { a: 'zero' }, 1e-9);
  }).toThrow('nothing to compare');
});
