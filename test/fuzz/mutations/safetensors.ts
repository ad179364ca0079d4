/** Mutations of safetensors files: a broken header under a length that is right, and lengths that are not. */
import type { Mutator } from '../fuzz-file';
import type { SeededRandom } from '../seeded-random';
import { mutateBytes, NUMBERS, splice } from './bytes';
import { mutateJson } from './json';
import { type JsonTree, printJson, treeOf } from './json-tree';

const LENGTH_BYTES = 8;
const WORDS = [
  'dtype',
  'shape',
  'data_offsets',
  '__metadata__',
  'F64',
  'F32',
  'F16',
  'BF16',
  'I64',
  'I8',
  'BOOL',
  'F8_E4M3',
  'module.0.weight',
  'weight',
];

export const SAFETENSORS_MUTATORS: Readonly<Record<string, Mutator>> = {
  bytes: mutateBytes,
  splice: (base, random, others) => splice(base, random, random.pick(others)),
  'header bytes': (base, random) => {
    const { header, data } = partsOf(base);
    return fileOf(mutateBytes(header, random), data);
  },
  'header fields': onHeader((tree, random) => {
    mutateJson(tree, random, WORDS);
  }),
  'offsets that fit': onHeader(moveTensors),
  'header length': (base, random) => {
    const bytes = Buffer.from(base);
    const real = bytes.readBigUInt64LE(0);
    const lengths = [
      ...NUMBERS,
      real - 1n,
      real + 1n,
      100_000_000n,
      BigInt(random.below(base.length)),
    ];
    bytes.writeBigUInt64LE(BigInt.asUintN(64, random.pick(lengths)), 0);
    return bytes;
  },
  'data length': (base, random) => {
    const { header, data } = partsOf(base);
    const ways = [
      data.subarray(0, random.below(data.length)),
      Buffer.concat([data, random.bytes(1 + random.below(16))]),
      random.bytes(data.length),
    ];
    return fileOf(header, random.pick(ways));
  },
};

function onHeader(change: (tree: JsonTree, random: SeededRandom) => void): Mutator {
  return (base, random) => {
    const { header, data } = partsOf(base);
    const tree = treeOf(JSON.parse(header.toString()));
    change(tree, random);
    const padding = ' '.repeat(random.oneIn(4) ? random.size(4096) : 0);
    return fileOf(Buffer.from(printJson(tree) + padding), data);
  };
}

/** Only numbers change, so that what is wrong is the layout: overlaps, holes, sizes of another shape. */
function moveTensors(tree: JsonTree, random: SeededRandom): void {
  if (tree.kind !== 'map') return;
  for (let times = 1 + random.below(3); times > 0; times--) {
    const { value } = random.pick(tree.entries);
    const lists = value.kind === 'map' ? value.entries.map((entry) => entry.value) : [];
    const list = lists.length > 0 ? random.pick(lists) : undefined;
    if (list?.kind !== 'list' || list.items.length === 0) continue;
    const old = Number(printJson(random.pick(list.items)));
    const sizes = [0, old + 1, old - 1, old * 2, old + 4, 2 ** 31, 2 ** 53, random.size(4096)];
    list.items[random.below(list.items.length)] = treeOf(random.pick(sizes));
  }
}

function partsOf(base: Buffer): { header: Buffer; data: Buffer } {
  const dataAt = LENGTH_BYTES + Number(base.readBigUInt64LE(0));
  return { header: base.subarray(LENGTH_BYTES, dataAt), data: base.subarray(dataAt) };
}

function fileOf(header: Buffer, data: Uint8Array): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, data]);
}
