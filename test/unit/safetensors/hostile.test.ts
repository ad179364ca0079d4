/** Broken and hostile files: each is refused with its own code, quickly, and whether or not the data are read. */
import { MemoryByteSource } from '../../../src/checkpoints/formats/byte-source';
import { readSafetensorsHeader } from '../../../src/checkpoints/formats/safetensors/read-safetensors';
import { f32, fileOf, floats, refusalOf } from './safetensors-file';

const two = floats(1, 2);
const good = fileOf({ w: f32([2], 0, 8) }, two);

function withLength(length: bigint): Buffer {
  const bytes = Buffer.from(good);
  bytes.writeBigUInt64LE(length);
  return bytes;
}

const entry = (fields: string) => `{"w":{${fields}}}`;
const W = '"dtype":"F32","shape":[2],"data_offsets":[0,8]';

const HOSTILE: [what: string, bytes: Buffer, code: string][] = [
  ['nothing', Buffer.alloc(0), 'SAFETENSORS_EMPTY'],
  ['less than the header’s length', good.subarray(0, 7), 'SAFETENSORS_TRUNCATED'],
  ['half a header', good.subarray(0, 30), 'SAFETENSORS_TRUNCATED'],
  ['half of the data', good.subarray(0, good.length - 4), 'SAFETENSORS_TRUNCATED'],
  ['a header of 100,000,001 bytes', withLength(100_000_001n), 'SAFETENSORS_HEADER_TOO_LARGE'],
  ['a header of 2^64 - 1 bytes', withLength(2n ** 64n - 1n), 'SAFETENSORS_HEADER_TOO_LARGE'],
  ['a header longer than the file', withLength(BigInt(good.length)), 'SAFETENSORS_TRUNCATED'],
  ['a header of no bytes', withLength(0n), 'SAFETENSORS_HEADER_INVALID'],
  ['white space before the header', fileOf(` {"w":{${W}}}`, two), 'SAFETENSORS_HEADER_INVALID'],
  ['a list instead of an object', fileOf('[]'), 'SAFETENSORS_HEADER_INVALID'],
  ['text after the header', fileOf(`{"w":{${W}}}x`, two), 'SAFETENSORS_HEADER_INVALID'],
  ['a header cut in a text', fileOf('{"w'), 'SAFETENSORS_HEADER_INVALID'],
  ['a header cut after a backslash', fileOf('{"w\\'), 'SAFETENSORS_HEADER_INVALID'],
  ['a comma too many', fileOf(`{"w":{${W}},}`, two), 'SAFETENSORS_HEADER_INVALID'],
  ['no JSON escape', fileOf(`{"\\x":{${W}}}`, two), 'SAFETENSORS_HEADER_INVALID'],
  ['half a surrogate pair', fileOf(`{"\\ud800":{${W}}}`, two), 'SAFETENSORS_HEADER_INVALID'],
  ['a raw line break in a name', fileOf(`{"a\nb":{${W}}}`, two), 'SAFETENSORS_HEADER_INVALID'],
  [
    'a missing field',
    fileOf({ w: { dtype: 'F32', shape: [2] } }, two),
    'SAFETENSORS_HEADER_INVALID',
  ],
  [
    'one offset',
    fileOf(entry('"dtype":"F32","shape":[2],"data_offsets":[8]'), two),
    'SAFETENSORS_HEADER_INVALID',
  ],
  [
    'three offsets',
    fileOf(entry('"dtype":"F32","shape":[2],"data_offsets":[0,8,8]'), two),
    'SAFETENSORS_HEADER_INVALID',
  ],
  [
    'an unknown field',
    fileOf(entry(W.replace('"dtype":"F32"', '"type":"F32"')), two),
    'SAFETENSORS_HEADER_INVALID',
  ],
  [
    '200,000 nested lists',
    fileOf(entry(`"shape":${'['.repeat(200_000)}`)),
    'SAFETENSORS_HEADER_NESTED',
  ],
  ['200,000 nested objects', fileOf('{"a":'.repeat(200_000)), 'SAFETENSORS_HEADER_INVALID'],
  ['an object as dtype', fileOf(entry('"dtype":{}')), 'SAFETENSORS_HEADER_NESTED'],
  ['a tensor twice', fileOf(`{"w":{${W}},"w":{${W}}}`, two), 'SAFETENSORS_DUPLICATE_KEY'],
  [
    'a tensor twice, once escaped',
    fileOf(`{"w":{${W}},"\\u0077":{${W}}}`, two),
    'SAFETENSORS_DUPLICATE_KEY',
  ],
  ['a field twice', fileOf(entry(`${W},"shape":[1]`), two), 'SAFETENSORS_DUPLICATE_KEY'],
  [
    'metadata twice',
    fileOf(`{"__metadata__":{},"__metadata__":{},"w":{${W}}}`, two),
    'SAFETENSORS_DUPLICATE_KEY',
  ],
  [
    'metadata that are no texts',
    fileOf(`{"__metadata__":{"a":1},"w":{${W}}}`, two),
    'SAFETENSORS_METADATA',
  ],
  [
    'nested metadata',
    fileOf(`{"__metadata__":{"a":{"b":"c"}},"w":{${W}}}`, two),
    'SAFETENSORS_METADATA',
  ],
  ['no tensor', fileOf({}), 'SAFETENSORS_NO_TENSORS'],
  ['metadata alone', fileOf({ __metadata__: { format: 'pt' } }), 'SAFETENSORS_NO_TENSORS'],
  [
    'a name of 100,000 letters',
    fileOf({ ['a'.repeat(100_000)]: f32([2], 0, 8) }, two),
    'SAFETENSORS_LIMIT',
  ],
  [
    '65 dimensions',
    fileOf({ w: f32(new Array<number>(65).fill(1), 0, 4) }, floats(1)),
    'SAFETENSORS_HEADER_INVALID',
  ],
  [
    'a dtype of its own',
    fileOf(entry('"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]'), two),
    'SAFETENSORS_DTYPE',
  ],
  ['a negative size', fileOf({ w: f32([-2], 0, 8) }, two), 'SAFETENSORS_SHAPE'],
  ['a fraction as size', fileOf({ w: f32([2.5], 0, 8) }, two), 'SAFETENSORS_HEADER_INVALID'],
  [
    'a size with an exponent',
    fileOf(entry('"dtype":"F32","shape":[2e0],"data_offsets":[0,8]'), two),
    'SAFETENSORS_HEADER_INVALID',
  ],
  [
    'a size with a leading zero',
    fileOf(entry('"dtype":"F32","shape":[02],"data_offsets":[0,8]'), two),
    'SAFETENSORS_SHAPE',
  ],
  [
    'a size of 30 digits',
    fileOf(entry(`"dtype":"F32","shape":[${'9'.repeat(30)}],"data_offsets":[0,8]`), two),
    'SAFETENSORS_SHAPE',
  ],
  [
    'a size beyond 2^53',
    fileOf(entry('"dtype":"F32","shape":[9007199254740993],"data_offsets":[0,8]'), two),
    'SAFETENSORS_SHAPE',
  ],
  [
    'sizes whose product wraps around 2^64 to 2',
    fileOf({ w: f32([2 ** 33, 2 ** 31, 2], 0, 8) }, two),
    'SAFETENSORS_SHAPE',
  ],
  [
    'sizes whose product is infinite, times 0',
    fileOf({ w: f32([...new Array<number>(40).fill(2 ** 40), 0], 0, 0) }),
    'SAFETENSORS_SHAPE',
  ],
  ['an end before the beginning', fileOf({ w: f32([2], 8, 0) }, two), 'SAFETENSORS_OFFSETS'],
  [
    'fewer bytes than the shape needs',
    fileOf({ w: f32([3], 0, 8) }, two),
    'SAFETENSORS_SIZE_MISMATCH',
  ],
  [
    'more bytes than the shape needs',
    fileOf({ w: f32([1], 0, 8) }, two),
    'SAFETENSORS_SIZE_MISMATCH',
  ],
  [
    'data beyond the end of the file',
    fileOf({ w: f32([2 ** 40], 0, 2 ** 42) }, two),
    'SAFETENSORS_TRUNCATED',
  ],
  [
    'overlapping tensors',
    fileOf({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, two),
    'SAFETENSORS_OVERLAP',
  ],
  [
    'the same bytes twice',
    fileOf({ a: f32([2], 0, 8), b: f32([2], 0, 8) }, two),
    'SAFETENSORS_OVERLAP',
  ],
  [
    'a tensor of no bytes inside another',
    fileOf({ a: f32([2], 0, 8), b: f32([0], 4, 4) }, two),
    'SAFETENSORS_OVERLAP',
  ],
  ['a hole before the first tensor', fileOf({ w: f32([1], 4, 8) }, two), 'SAFETENSORS_HOLE'],
  [
    'a hole between tensors',
    fileOf({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, floats(1, 2, 3)),
    'SAFETENSORS_HOLE',
  ],
  [
    'bytes after the last tensor',
    Buffer.concat([good, Buffer.from('PK')]),
    'SAFETENSORS_TRAILING_BYTES',
  ],
];

test.each(HOSTILE)('%s', async (_what, bytes, code) => {
  const start = performance.now();
  const refusal = refusalOf(bytes);
  expect(performance.now() - start).toBeLessThan(10_000);
  expect(refusal.code).toBe(code);
  expect(refusal.message).toMatch(/^The safetensors file is refused: .+\. \S.+\.$/s);
  expect(refusal.message.length).toBeLessThan(600);
  await expect(readSafetensorsHeader(new MemoryByteSource(bytes))).rejects.toMatchObject({ code });
});

test('a header of the greatest size allowed is refused without hanging, whatever fills it', () => {
  const fillings = [' ', '[', '"', '{"a":'];
  for (const filling of fillings) {
    const header = Buffer.alloc(100_000_000, filling);
    header[0] = 0x7b;
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    const file = Buffer.concat([length, header]);
    const start = performance.now();
    expect(refusalOf(file).code).toMatch(/^SAFETENSORS_(HEADER_INVALID|HEADER_NESTED|LIMIT)$/);
    expect(performance.now() - start).toBeLessThan(10_000);
  }
});

test('more tensors than any network has are refused before all are read', () => {
  const one = JSON.stringify(f32([0], 0, 0));
  const header = `{${Array.from({ length: 20_002 }, (_, i) => `"${i}":${one}`).join(',')}}`;
  expect(refusalOf(fileOf(header)).code).toBe('SAFETENSORS_LIMIT');
});

test('what a file says can not speak to a terminal', () => {
  const { message } = refusalOf(
    fileOf({ '\u001b[2Jname\u202e': { ...f32([2], 0, 8), dtype: 'X' } }, two),
  );
  expect(message).toContain('\\u001b[2Jname\\u202e');
});
