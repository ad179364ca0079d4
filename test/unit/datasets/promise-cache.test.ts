import { createPromiseCache } from '../../../src/datasets/promise-cache';

test('callers who come at once or later share one making', async () => {
  const cache = createPromiseCache<number>();
  let made = 0;
  const make = () => Promise.resolve(++made);
  expect(await Promise.all([cache('a', make), cache('a', make), cache('b', make)])).toEqual([
    1, 1, 2,
  ]);
  expect(await cache('a', make)).toBe(1);
});

test('a failure reaches all who wait and is then forgotten', async () => {
  const cache = createPromiseCache<string>();
  const fail = () => Promise.reject(new Error('first'));
  const both = await Promise.allSettled([cache('a', fail), cache('a', fail)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await cache('a', () => Promise.resolve('second'))).toBe('second');
});

test('kept while running only, the next caller makes it anew', async () => {
  const cache = createPromiseCache<number>('while-running');
  let made = 0;
  const make = () => Promise.resolve(++made);
  expect(await Promise.all([cache('a', make), cache('a', make)])).toEqual([1, 1]);
  expect(await cache('a', make)).toBe(2);
});
