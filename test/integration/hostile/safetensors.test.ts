/** safetensors files from strangers, and YAML beside them, given to a running service in every way. */
import { f32, fileOf, floats } from '../../unit/safetensors/safetensors-file';
import { HostileService } from './hostile-service';

let hostile: HostileService;

beforeAll(async () => {
  hostile = await HostileService.start();
});

afterAll(() => hostile.service.end());

const two = floats(1, 2);
const good = fileOf({ w: f32([2], 0, 8) }, two);

function saying(length: bigint): Buffer {
  const bytes = Buffer.from(good);
  bytes.writeBigUInt64LE(length);
  return bytes;
}

const FILES: [what: string, bytes: Buffer, code: string][] = [
  [
    'tensors that overlap',
    fileOf({ a: f32([2], 0, 8), b: f32([2], 4, 12) }, floats(1, 2, 3)),
    'SAFETENSORS_OVERLAP',
  ],
  [
    'two tensors in one place',
    fileOf({ a: f32([2], 0, 8), b: f32([2], 0, 8) }, two),
    'SAFETENSORS_OVERLAP',
  ],
  ['a hole', fileOf({ a: f32([1], 4, 8) }, two), 'SAFETENSORS_HOLE'],
  [
    'sizes whose product overflows',
    fileOf({ w: f32([2 ** 31, 2 ** 31, 4], 0, 8) }, two),
    'SAFETENSORS_SHAPE',
  ],
  ['a negative size', fileOf({ w: f32([-2], 0, 8) }, two), 'SAFETENSORS_SHAPE'],
  [
    'offsets beyond 2^53',
    fileOf('{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,18446744073709551624]}}', two),
    'SAFETENSORS_SHAPE',
  ],
  ['an end before its beginning', fileOf({ w: f32([2], 8, 0) }, two), 'SAFETENSORS_OFFSETS'],
  ['a header of 2^64 - 1 bytes', saying(2n ** 64n - 1n), 'SAFETENSORS_HEADER_TOO_LARGE'],
  ['a header of 100 MB that is not there', saying(100_000_000n), 'SAFETENSORS_TRUNCATED'],
  [
    'a header of nothing but white space',
    fileOf(' '.repeat(2 ** 20), two),
    'SAFETENSORS_HEADER_INVALID',
  ],
  [
    '200,000 nested lists',
    fileOf(`{"w":{"dtype":"F32","shape":${'['.repeat(200_000)}`),
    'SAFETENSORS_HEADER_NESTED',
  ],
  [
    '30,000 tensors of nothing',
    fileOf(Object.fromEntries(Array.from({ length: 30_000 }, (_, i) => [`t${i}`, f32([0], 0, 0)]))),
    'SAFETENSORS_LIMIT',
  ],
  ['half a file', good.subarray(0, good.length / 2), 'SAFETENSORS_TRUNCATED'],
  ['an empty file', Buffer.alloc(0), 'SAFETENSORS_EMPTY'],
  [
    'a program behind its data',
    Buffer.concat([good, Buffer.from('#!/bin/sh')]),
    'SAFETENSORS_TRAILING_BYTES',
  ],
];

test.each(FILES)(
  '%s: refused with its own code, and nothing is left behind',
  async (_, bytes, code) => {
    const refusal = await hostile.refusal('model.safetensors', { 'model.safetensors': bytes });
    expect(refusal.code).toBe(code);
    expect(refusal.message.length).toBeGreaterThan(40);
  },
);

const aliases = Array.from({ length: 30 }, (_, level) =>
  level === 0 ? 'k0: &a0 [x, x]' : `k${level}: &a${level} [*a${level - 1}, *a${level - 1}]`,
).join('\n');

test.each([
  ['a bomb of aliases', `${aliases}\narchitecture: fashion-cnn`],
  ['an object of Python', 'architecture: !!python/object/apply:os.system ["true"]'],
  ['a function of JavaScript', 'architecture: !!js/function "function () {}"'],
  ['30,000 nested lists', `architecture: ${'['.repeat(30_000)}`],
  ['30,000 nested lists in a line', '- '.repeat(30_000)],
  ['the prototype of all objects', 'architecture: fashion-cnn\n__proto__: { polluted: true }'],
  [
    'a layer of a billion channels',
    'architecture: [conv2d: { in: 1, out: 1000000000, kernel: 3 }]\ninput: { height: 28, width: 28, channels: 1 }',
  ],
  ['more than 64 KiB', `architecture: fashion-cnn\n#${'x'.repeat(65_536)}`],
])('YAML with %s beside sound weights is refused', async (_, yaml) => {
  const refusal = await hostile.refusal('model.safetensors', {
    'model.safetensors': good,
    'model.yaml': Buffer.from(yaml),
  });
  expect(refusal.code).toBe('CHECKPOINT_ARCHITECTURE_INVALID');
  expect({}).not.toHaveProperty('polluted');
});
