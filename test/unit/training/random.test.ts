import { Random, seedFor } from '../../../src/training/random';

/** xoshiro128** and SplitMix32 in BigInt, word for word from the paper: slow, and easy to read. */
function referenceDraws(seed: number, count: number): number[] {
  const mask = 0xffffffffn;
  const rotate = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (32n - k))) & mask;
  const mix = (value: bigint): bigint => {
    let x = ((value ^ (value >> 16n)) * 0x85ebca6bn) & mask;
    x = ((x ^ (x >> 13n)) * 0xc2b2ae35n) & mask;
    return x ^ (x >> 16n);
  };
  const [a, b, c, d] = [1n, 2n, 3n, 4n].map((k) =>
    mix((BigInt(seed) + k * 0x9e3779b9n) & mask),
  ) as [bigint, bigint, bigint, bigint];
  let s: [bigint, bigint, bigint, bigint] = [a, b, c, d];
  return Array.from({ length: count }, () => {
    const result = (rotate((s[1] * 5n) & mask, 7n) * 9n) & mask;
    const t = (s[1] << 9n) & mask;
    const two = s[2] ^ s[0];
    const three = s[3] ^ s[1];
    s = [s[0] ^ three, s[1] ^ two, two ^ t, rotate(three, 11n)];
    return Number(result);
  });
}

test.each([0, 1, 42, 2 ** 31 - 1])('seed %i gives the numbers of xoshiro128**', (seed) => {
  const random = new Random(seed);
  expect(Array.from({ length: 200 }, () => random.next())).toEqual(referenceDraws(seed, 200));
});

test('below gives every number below its bound about equally often, and none else', () => {
  const random = new Random(3);
  const counts = new Map<number, number>();
  for (let i = 0; i < 60_000; i++) {
    const drawn = random.below(6);
    counts.set(drawn, (counts.get(drawn) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  // Six standard deviations of a binomial count with n = 60,000 and p = 1/6 are 548.
  for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(548);
});

test('shuffle keeps all items and gives each order about equally often', () => {
  const random = new Random(11);
  const orders = new Map<string, number>();
  for (let i = 0; i < 12_000; i++) {
    const items = Uint32Array.of(1, 2, 3);
    random.shuffle(items);
    orders.set(items.join(), (orders.get(items.join()) ?? 0) + 1);
  }
  expect([...orders.keys()].sort()).toEqual(['1,2,3', '1,3,2', '2,1,3', '2,3,1', '3,1,2', '3,2,1']);
  for (const count of orders.values()) expect(Math.abs(count - 2000)).toBeLessThan(245);
});

test('each use and each seed has a seed of its own that tfjs accepts', () => {
  const seeds = [0, 1, 2].flatMap((seed) =>
    ['weights of conv1', 'weights of conv2', 'order of epoch 1', 'order of epoch 11'].map((use) =>
      seedFor(seed, use),
    ),
  );
  expect(new Set(seeds).size).toBe(12);
  for (const seed of seeds) {
    expect(Number.isInteger(seed)).toBe(true);
    expect(seed).toBeLessThan(2 ** 31);
  }
});
