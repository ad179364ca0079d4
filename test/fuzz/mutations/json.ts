/** Mutations of JSON by its structure: what comes out is JSON still, but for a few texts that are none. */
import type { SeededRandom } from '../seeded-random';
import { type JsonPlace, type JsonTree, placesIn, printJson, textOf } from './json-tree';

/** As they are printed; not all of them are JSON. */
const SCALARS = [
  'null',
  'true',
  '0',
  '-1',
  '1',
  '2',
  '-0',
  '0.5',
  '1e3',
  '1e308',
  '1e999',
  '-1e999',
  '2147483647',
  '2147483648',
  '4294967296',
  '9007199254740991',
  '9007199254740993',
  '18446744073709551616',
  '1e-320',
  '00',
  'NaN',
  'Infinity',
  '0x10',
  '"0"',
  '""',
  '[]',
  '{}',
];
/** Names that objects have already, paths that climb, and text that is hard to print. */
const TEXTS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'length',
  '../../etc/passwd',
  '/etc/passwd',
  '..',
  '.',
  'C:\\x',
  '%2e%2e%2fx',
  'a/b',
  'a\u0000b',
  '\ud800',
  '\u001b[2J',
  '\u202egnp',
  ' ',
  'x'.repeat(300),
  'é'.repeat(70_000),
];
const DEEP = [10, 100, 5_000, 100_000];
const MOST_CHARACTERS = 500_000;

/** @param words of the format, which are put in the place of other words */
export function mutateJson(root: JsonTree, random: SeededRandom, words: readonly string[]): void {
  for (let times = 1 + random.below(3); times > 0; times--) {
    const places = placesIn(root);
    if (places.length === 0) return;
    mutatePlace(random.pick(places), places, random, words);
  }
}

function mutatePlace(
  place: JsonPlace,
  places: readonly JsonPlace[],
  random: SeededRandom,
  words: readonly string[],
): void {
  const { tree, entry } = place;
  switch (random.below(9)) {
    case 0:
      place.set({ kind: 'text', text: random.pick(SCALARS) });
      break;
    case 1:
      place.set(numberNear(tree, random));
      break;
    case 2:
      place.remove();
      break;
    case 3:
      place.repeat(random.oneIn(8) ? timesOf(tree, random.size(2_000)) : 1);
      break;
    case 4:
      // A copy, or a tree could come to hold itself.
      place.set(structuredClone(random.pick(places).tree));
      break;
    case 5:
      place.set(textOf(random.pick(random.oneIn(2) ? words : TEXTS)));
      break;
    case 6:
      if (entry !== undefined)
        entry.key = JSON.stringify(random.pick(random.oneIn(2) ? words : TEXTS));
      break;
    case 7:
      place.set(random.oneIn(2) ? { kind: 'list', items: [tree] } : wrapped(tree, random));
      break;
    default:
      if (random.oneIn(8)) place.set(deep(random));
  }
}

/** A list of two thousand lists of two thousand would be a test of the fuzzer alone. */
function timesOf(tree: JsonTree, wanted: number): number {
  return Math.min(wanted, Math.floor(MOST_CHARACTERS / printJson(tree).length));
}

function numberNear(tree: JsonTree, random: SeededRandom): JsonTree {
  const value = tree.kind === 'text' ? Number(tree.text) : NaN;
  if (Number.isNaN(value)) return tree;
  const near = [value + 1, value - 1, value * 2, -value, value + 2 ** 32, random.size(2 ** 31)];
  return textOf(random.pick(near));
}

function wrapped(value: JsonTree, random: SeededRandom): JsonTree {
  return { kind: 'map', entries: [{ key: JSON.stringify(random.pick(TEXTS)), value }] };
}

function deep(random: SeededRandom): JsonTree {
  const [open, close] = random.pick([
    ['[', ']'],
    ['{"a":', '}'],
    ['[{"a":', '}]'],
  ] as const);
  const depth = random.pick(DEEP);
  const text = `${open.repeat(depth)}1${close.repeat(random.oneIn(4) ? depth - 1 : depth)}`;
  return { kind: 'text', text };
}
