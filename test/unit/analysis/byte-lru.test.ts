/** What is kept is what was used last and fits. */
import { ByteLru } from '../../../src/analysis/byte-lru';

it('lets go of what was used longest ago', () => {
  const kept = new ByteLru<string>(10);
  kept.add('a', 'A', 4);
  kept.add('b', 'B', 4);
  expect(kept.get('a')).toBe('A');
  kept.add('c', 'C', 4);
  expect(['a', 'b', 'c'].map((key) => kept.get(key))).toEqual(['A', undefined, 'C']);
  expect(kept.bytes).toBe(8);
});

it('keeps nothing that is larger than the whole, and loses nothing for it', () => {
  const kept = new ByteLru<string>(10);
  kept.add('a', 'A', 10);
  kept.add('b', 'B', 11);
  expect(kept.get('b')).toBeUndefined();
  expect(kept.get('a')).toBe('A');
  expect(kept.bytes).toBe(10);
});

it('counts what is added again once', () => {
  const kept = new ByteLru<string>(10);
  for (const value of ['A', 'B', 'C']) kept.add('a', value, 6);
  expect(kept.get('a')).toBe('C');
  expect(kept.bytes).toBe(6);
});
