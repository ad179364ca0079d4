import {
  corruptedDigest,
  corruptedName,
  CORRUPTIONS,
  MAX_SEED,
  parseCorruptedName,
  STRENGTHS,
} from '../../../../src/datasets/corruptions/corruption-name';
import type { Dataset } from '../../../../src/datasets/dataset.entity';
import { AssayError } from '../../../../src/errors';
import { splitOf } from '../../../../src/datasets/dataset.service';

const DATASET = {
  name: 'pictures',
  splits: [{ name: 'test', sampleCount: 3, digest: 'ab'.repeat(32) }],
} as unknown as Dataset;

function refusal(name: string): AssayError | undefined {
  try {
    splitOf(DATASET, name);
  } catch (error) {
    if (error instanceof AssayError) return error;
  }
  return undefined;
}

test('a name says what is corrupted, how, how much and by which seed', () => {
  for (const corruption of CORRUPTIONS) {
    for (const strength of STRENGTHS) {
      const recipe = { base: 'test', corruption, strength, seed: MAX_SEED };
      expect(parseCorruptedName(corruptedName(recipe))).toEqual(recipe);
    }
  }
  expect(parseCorruptedName('test')).toBeUndefined();
});

test.each([
  'test~fog-3-s42',
  'test~noise-0-s42',
  'test~noise-6-s42',
  'test~noise-3',
  'test~noise-3-s042',
  'test~noise-3-s-1',
  `test~noise-3-s${MAX_SEED + 1}`,
  'test~noise-3-s9999999999',
  'test~noise-3-s42~blur-1-s42',
  '~noise-3-s42',
  'test~toString-3-s42',
  'test~noise-3-s42\n',
  `test~${'x'.repeat(10_000)}`,
])('%j names no corrupted split', (name) => {
  const refused = refusal(name);
  expect(refused?.code).toBe('CORRUPTION_UNKNOWN');
  expect(refused?.message.length).toBeLessThan(500);
});

test('a corrupted split is found by its name, with a digest of its own', () => {
  const name = 'test~noise-3-s42';
  const split = splitOf(DATASET, name);
  expect(split).toMatchObject({ name, sampleCount: 3 });
  // sha256sum of the three lines
  expect(split.digest).toBe('a71c436863722c0ee16bb31dc16f56d41be12b9fcae2cea31f8c8e2026699543');
  expect(refusal('train~noise-3-s42')?.code).toBe('DATASET_SPLIT_UNKNOWN');
});

test('no two recipes have the same digest', () => {
  const digests = CORRUPTIONS.flatMap((corruption) =>
    STRENGTHS.flatMap((strength) =>
      [0, 1].flatMap((seed) =>
        ['aa', 'bb'].map((base) =>
          corruptedDigest(base.repeat(32), { corruption, strength, seed }),
        ),
      ),
    ),
  );
  expect(new Set(digests).size).toBe(120);
});
