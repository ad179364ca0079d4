/** What the real library wrote is read to the same values. */
import {
  readSafetensors,
  readSafetensorsHeader,
} from '../../../src/checkpoints/formats/safetensors/read-safetensors';
import { MemoryByteSource } from '../../../src/checkpoints/formats/byte-source';
import { fixture, refusalOf } from './safetensors-file';

interface ExpectedTensor {
  dtype: string;
  shape: number[];
  values: (number | string)[];
}

const expected = JSON.parse(fixture('expected.json').toString()) as Record<
  string,
  Record<string, ExpectedTensor>
>;

test.each(Object.entries(expected))('%s is read as torch reads it', (file, tensors) => {
  const stateDict = readSafetensors(fixture(file));
  expect([...stateDict.keys()].toSorted()).toEqual(Object.keys(tensors).toSorted());
  for (const [name, { dtype, shape, values }] of Object.entries(tensors)) {
    const found = stateDict.get(name);
    expect({ name, dtype: found?.dtype, shape: found?.shape }).toEqual({ name, dtype, shape });
    // toEqual tells -0 from 0 and knows NaN.
    expect([...(found?.values ?? [])]).toEqual(values.map(Number));
  }
});

test('the header alone tells names, dtypes, shapes and where the bytes are', async () => {
  const bytes = fixture('dtypes.safetensors');
  const header = await readSafetensorsHeader(new MemoryByteSource(bytes));
  const stateDict = readSafetensors(bytes);
  expect([...header.keys()]).toEqual([...stateDict.keys()]);
  for (const [name, { dtype, shape }] of header) {
    expect({ dtype, shape }).toEqual({
      dtype: stateDict.get(name)?.dtype,
      shape: stateDict.get(name)?.shape,
    });
  }
  const { begin, end } = header.get('float32') ?? { begin: 0, end: 0 };
  expect(end - begin).toBe(9 * 4);
  expect(bytes.readFloatLE(begin + 2 * 4)).toBe(1.5);
});

test('integers other than int64 are refused by name', () => {
  const { code, message } = refusalOf(fixture('dtype-int32.safetensors'));
  expect(code).toBe('SAFETENSORS_DTYPE');
  expect(message).toContain('"counts" is "I32"');
});
