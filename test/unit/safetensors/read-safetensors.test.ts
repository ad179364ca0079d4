/** The format's freedoms: order, alignment, padding, names; and that nothing is shared with the file. */
import { readSafetensors } from '../../../src/checkpoints/formats/safetensors/read-safetensors';
import { f32, fileOf, floats } from './safetensors-file';

test('tensors may lie in another order than the header’s, whose order is kept', () => {
  const header = { 'z.9': f32([2], 4, 12), 10: f32([1], 0, 4), a: f32([1, 1], 12, 16) };
  // JSON.stringify would put the number first.
  const text = `{"z.9":${JSON.stringify(header['z.9'])},"10":${JSON.stringify(header[10])},"a":${JSON.stringify(header.a)}}`;
  const stateDict = readSafetensors(fileOf(text, floats(1, 2, 3, 4)));
  expect([...stateDict].map(([name, { values }]) => [name, ...values])).toEqual([
    ['z.9', 2, 3],
    ['10', 1],
    ['a', 4],
  ]);
});

test('data need no alignment, in the file or in memory', () => {
  const text = `{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}} `;
  const file = fileOf(text, Buffer.concat([Buffer.from([0x00, 0x3c]), floats(-2.5)]));
  const shifted = Buffer.concat([Buffer.from([0]), file]).subarray(1);
  for (const bytes of [file, shifted]) {
    const stateDict = readSafetensors(bytes);
    expect([...(stateDict.get('a')?.values ?? [])]).toEqual([1]);
    expect([...(stateDict.get('b')?.values ?? [])]).toEqual([-2.5]);
  }
});

test('values share no memory with the file', () => {
  const bytes = fileOf({ w: f32([1], 0, 4) }, floats(5));
  const stateDict = readSafetensors(bytes);
  bytes.fill(0);
  expect(stateDict.get('w')?.values[0]).toBe(5);
});

test('names that mean something to JavaScript are names like all others', () => {
  const text = `{"__proto__":${JSON.stringify(f32([1], 0, 4))},"constructor":${JSON.stringify(f32([1], 4, 8))}}`;
  const stateDict = readSafetensors(fileOf(text, floats(1, 2)));
  expect([...stateDict.keys()]).toEqual(['__proto__', 'constructor']);
});

test('module. is taken off where all names have it, and only there', () => {
  const some = { 'module.a': f32([1], 0, 4), b: f32([1], 4, 8) };
  expect([...readSafetensors(fileOf(some, floats(1, 2))).keys()]).toEqual(['module.a', 'b']);
  const all = { 'module.a': f32([1], 0, 4), 'module.b': f32([1], 4, 8) };
  expect([...readSafetensors(fileOf(all, floats(1, 2))).keys()]).toEqual(['a', 'b']);
});

test('a tensor without dimensions is one value, one with a size of 0 is none', () => {
  const header = { one: f32([], 0, 4), none: f32([0, 1_000_000_000], 4, 4) };
  const stateDict = readSafetensors(fileOf(header, floats(3)));
  expect(stateDict.get('one')).toMatchObject({ shape: [], values: new Float32Array([3]) });
  expect(stateDict.get('none')?.values).toHaveLength(0);
});
