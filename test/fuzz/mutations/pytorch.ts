/**
 * Mutations of PyTorch files: bytes changed anywhere, and mutations that know the structure, so that a broken
 * pickle or storage lies in an archive whose sizes and checksums are right.
 */
import { listZip, readEntries } from '../../../src/checkpoints/formats/pytorch/zip-archive';
import { writeZip, type ZipFile } from '../../unit/pytorch/zip-writer';
import type { Mutator } from '../fuzz-file';
import type { SeededRandom } from '../seeded-random';
import { mutateBytes, NUMBERS, splice } from './bytes';
import { floodOpcodes, mutateNames, mutateNumbers, mutateOpcodes } from './pickle';

const ENTRY_NAMES = [
  '../x',
  '/x',
  'a\\b',
  'archive/data/0',
  'archive/constants.pkl',
  'x',
  '',
  'archive/code/a',
];
const SIGNATURES = [0x04034b50, 0x02014b50, 0x06054b50, 0x06064b50, 0x07064b50, 0x08074b50];

export const PYTORCH_MUTATORS: Readonly<Record<string, Mutator>> = {
  bytes: mutateBytes,
  splice: (base, random, others) => splice(base, random, random.pick(others)),
  'zip field': mutateField,
  'pickle bytes': onPickle(mutateBytes),
  'pickle opcodes': onPickle(mutateOpcodes),
  'pickle numbers': onPickle(mutateNumbers),
  'pickle names': onPickle(mutateNames),
  'pickle flood': onPickle(floodOpcodes),
  storages: mutateStorage,
  entries: mutateEntries,
};

/** Overwrites some bytes behind one of the zip format's signatures. */
function mutateField(base: Buffer, random: SeededRandom): Buffer {
  const bytes = Buffer.from(base);
  const signature = Buffer.alloc(4);
  signature.writeUInt32LE(random.pick(SIGNATURES));
  const places: number[] = [];
  for (let at = bytes.indexOf(signature); at >= 0; at = bytes.indexOf(signature, at + 1)) {
    places.push(at);
  }
  if (places.length === 0) return bytes;
  const at = random.pick(places) + 4 + random.below(52);
  const value = Buffer.alloc(8);
  value.writeBigInt64LE(random.pick([...NUMBERS, BigInt(random.below(bytes.length * 2))]));
  value.copy(bytes, at, 0, Math.max(0, Math.min(random.pick([1, 2, 4, 8]), bytes.length - at)));
  return bytes;
}

function filesOf(base: Buffer): ZipFile[] {
  return [...readEntries(base, listZip(base))].map(([name, data]) => ({ name, data }));
}

function onPickle(change: (pickle: Buffer, random: SeededRandom) => Buffer): Mutator {
  return (base, random) =>
    writeZip(
      filesOf(base).map(({ name, data }) =>
        name.endsWith('/data.pkl')
          ? { name, data: change(Buffer.from(data), random) }
          : { name, data },
      ),
    );
}

function mutateStorage(base: Buffer, random: SeededRandom): Buffer {
  const files = filesOf(base);
  const index = random.below(files.length);
  const file = files[index];
  if (file === undefined) return base;
  const data = Buffer.from(file.data);
  const ways = [
    data.subarray(1),
    data.subarray(0, random.below(data.length)),
    Buffer.concat([data, data]),
    random.bytes(data.length),
  ];
  files[index] = { name: file.name, data: random.pick(ways) };
  return writeZip(random.oneIn(4) ? files.toSpliced(index, 1) : files);
}

function mutateEntries(base: Buffer, random: SeededRandom): Buffer {
  const files = filesOf(base);
  const file = random.pick(files);
  file.options = random.pick([
    { method: random.pick([8, 12, 99, 0xffff]) },
    { flags: random.below(0x10000) },
    { crc: random.below(2 ** 32) },
    { centralName: random.pick(ENTRY_NAMES) },
    { centralOffset: random.below(base.length) },
    { centralSize: random.pick([0, 1, file.data.length + 1, 2 ** 32 - 2, 2 ** 32 - 1]) },
    { centralSize: Number(random.pick([2n ** 33n, 2n ** 53n, 2n ** 62n])), wideCentral: true },
    { gap: 1 + random.below(9) },
    { sizesBefore: true, wideDescriptor: random.oneIn(2) },
  ]);
  if (random.oneIn(4)) file.name = random.pick(ENTRY_NAMES);
  return writeZip(files, random.pick([{}, { zip64: false }, { entries: random.below(70_000) }]));
}
