/** What a real torch wrote is read to the same values; what it writes and weights are not is refused. */
import { readPytorchStateDict } from '../../../src/checkpoints/formats/pytorch/read-pytorch';
import { type NamedTensor, STATE_DICT_DTYPES } from '../../../src/checkpoints/formats/state-dict';
import { codeOf, fixture, fixtureNames, read, refusalOf } from './files';

interface ExpectedTensor {
  dtype: string;
  shape: number[];
  /** Left out where another file holds them. */
  values?: (number | string)[];
}

const expected = JSON.parse(fixture('expected.json').toString()) as Record<
  string,
  Record<string, ExpectedTensor>
>;

const REFUSED: Record<string, string> = {
  'custom-model.pt': 'PYTORCH_PICKLE_FORBIDDEN',
  'dtype-bool.pt': 'PYTORCH_DTYPE',
  'dtype-int32.pt': 'PYTORCH_DTYPE',
  'integer-names.pt': 'PYTORCH_NOT_A_STATE_DICT',
  'legacy.pt': 'PYTORCH_LEGACY_FORMAT',
  'list.pt': 'PYTORCH_NOT_A_STATE_DICT',
  'mixed-values.pt': 'PYTORCH_NOT_A_STATE_DICT',
  'no-tensors.pt': 'PYTORCH_NOT_A_STATE_DICT',
  'tensor.pt': 'PYTORCH_NOT_A_STATE_DICT',
  'torchscript.pt': 'PYTORCH_TORCHSCRIPT',
  'two-state-dicts.pt': 'PYTORCH_NOT_A_STATE_DICT',
  'whole-model.pt': 'PYTORCH_WHOLE_MODEL',
};

function tensorOf(file: string, name: string): NamedTensor {
  const found = read(file).get(name);
  if (found === undefined) throw new Error(`${file} has no ${name}`);
  return found;
}

test('every fixture is either read or refused in a test', () => {
  expect(fixtureNames().toSorted()).toEqual(
    [...Object.keys(expected), ...Object.keys(REFUSED)].toSorted(),
  );
});

test.each(Object.entries(expected))('%s is read as torch reads it', (file, tensors) => {
  const stateDict = read(file);
  expect([...stateDict.keys()]).toEqual(Object.keys(tensors));
  for (const [name, tensor] of Object.entries(tensors)) {
    const found = stateDict.get(name);
    expect({ name, dtype: found?.dtype, shape: found?.shape }).toEqual({
      name,
      dtype: tensor.dtype,
      shape: tensor.shape,
    });
    if (tensor.values === undefined) continue;
    // toEqual tells -0 from 0 and knows NaN.
    expect([...(found?.values ?? [])]).toEqual(tensor.values.map(Number));
  }
});

test('all dtypes of a state dict are met in the fixtures', () => {
  const met = new Set([...read('dtypes.pt').values()].map(({ dtype }) => dtype));
  expect([...met].toSorted()).toEqual([...STATE_DICT_DTYPES].toSorted());
});

test.each(Object.entries(REFUSED))('%s is refused with %s', (file, code) => {
  const refusal = refusalOf(fixture(file));
  expect(refusal.code).toBe(code);
  expect(refusal.kind).toBe('user');
});

test('a whole model is refused with what to do, and with the name that it asked for', () => {
  const own = refusalOf(fixture('whole-model.pt'));
  expect(own.message).toContain('torch.save(model.state_dict(), path)');
  expect(own.details).toEqual({ global: 'torch.nn.modules.container.Sequential' });
  const custom = refusalOf(fixture('custom-model.pt'));
  expect(custom.message).toContain('"__main__.CustomNet"');
  expect(custom.message).toContain('torch.save(model.state_dict(), path)');
});

test('the integer of a batch norm is read as a float32', () => {
  const counter = tensorOf('under-model.pt', 'norm.num_batches_tracked');
  expect(counter).toEqual({ dtype: 'int64', shape: [], values: new Float32Array([2]) });
});

test('the result shares no memory with the file, nor do views of one storage', () => {
  const bytes = fixture('views.pt');
  const base = tensorOf('views.pt', 'base');
  const view = tensorOf('views.pt', 'same storage');
  expect(base.values.buffer.byteLength).toBe(base.values.byteLength);
  expect(base.values.buffer).not.toBe(bytes.buffer);
  base.values.fill(9);
  expect(view.values[0]).toBe(0);
});

test('a file that lies at an odd place in a larger buffer is read alike', () => {
  const bytes = fixture('dtypes.pt');
  const larger = Buffer.alloc(bytes.length + 7, 0xff);
  bytes.copy(larger, 3);
  const view = new Uint8Array(larger.buffer, larger.byteOffset + 3, bytes.length);
  expect(codeOf(view.subarray(1))).toBe('PYTORCH_ZIP_INVALID');
  expect(readPytorchStateDict(view)).toEqual(read('dtypes.pt'));
});
