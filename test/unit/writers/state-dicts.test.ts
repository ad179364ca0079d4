/** State dicts written as PyTorch and safetensors files come back as they were, to our readers and by the specifications. */
import { readPytorchStateDict } from '../../../src/checkpoints/formats/pytorch/read-pytorch';
import { readSafetensors } from '../../../src/checkpoints/formats/safetensors/read-safetensors';
import type { NamedTensor, StateDict } from '../../../src/checkpoints/formats/state-dict';
import { stateDictOf } from '../../../src/checkpoints/formats/writers/state-dict-of';
import { writePytorch } from '../../../src/checkpoints/formats/writers/write-pytorch';
import { writeSafetensors } from '../../../src/checkpoints/formats/writers/write-safetensors';
import { everyLayer } from './models';

const FORMATS = [
  { format: 'PyTorch', write: writePytorch, read: readPytorchStateDict },
  { format: 'safetensors', write: writeSafetensors, read: readSafetensors },
];

function tensor(dtype: NamedTensor['dtype'], shape: number[], values: number[]): NamedTensor {
  return { dtype, shape, values: Float32Array.from(values) };
}

const ODD: StateDict = new Map([
  ['scalar', tensor('float32', [], [0.1])],
  ['empty', tensor('float32', [0, 3], [])],
  ['half', tensor('float16', [2], [1.5, -0])],
  ['double', tensor('float64', [1, 2], [1 / 3, Number.NaN])],
  ['bn.num_batches_tracked', tensor('int64', [], [2 ** 24])],
  ['"näme"\n', tensor('bfloat16', [1], [Number.POSITIVE_INFINITY])],
  ['300.weight', tensor('float32', [300, 220], new Array<number>(66_000).fill(0.5))],
]);

/** Order is told apart: safetensors puts tensors of wide elements first. */
function sorted(stateDict: StateDict) {
  return [...stateDict].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

test.each(FORMATS)('$format files give back every tensor, floats as float32', ({ write, read }) => {
  const expected = [...ODD].map(([name, { dtype, shape, values }]): [string, NamedTensor] => [
    name,
    { dtype: dtype === 'int64' ? 'int64' : 'float32', shape, values },
  ]);
  expect(sorted(read(write(ODD)))).toEqual(sorted(new Map(expected)));
});

test.each(FORMATS)('$format files are the same at each writing', ({ write }) => {
  expect(write(ODD)).toEqual(write(ODD));
});

test.each(FORMATS)('$format files keep the order of a model’s tensors', ({ write, read }) => {
  const { stateDict } = stateDictOf(everyLayer());
  expect([...read(write(stateDict)).keys()]).toEqual([...stateDict.keys()]);
});

test('a PyTorch file has the data of every entry at a multiple of 64 bytes', () => {
  const { stateDict } = stateDictOf(everyLayer());
  const file = Buffer.from(writePytorch(stateDict));
  const view = new DataView(file.buffer, file.byteOffset);
  const starts: number[] = [];
  for (let at = file.indexOf('PK\x03\x04'); at >= 0; at = file.indexOf('PK\x03\x04', at + 1)) {
    starts.push(at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true));
  }
  expect(starts).toHaveLength(stateDict.size + 3);
  expect(starts.filter((start) => start % 64 !== 0)).toEqual([]);
});

test('a safetensors file begins its data at a multiple of 8 bytes', () => {
  for (const name of ['a', 'ab', 'abc', 'abcdefgh']) {
    const file = writeSafetensors(new Map([[name, tensor('float32', [1], [1])]]));
    expect((file.byteLength - 4) % 8).toBe(0);
  }
});

describe('names', () => {
  test('of layers are kept with the parts that PyTorch gives them', () => {
    const { stateDict, layerNames } = stateDictOf(everyLayer((i) => `features.${i}`));
    expect([...stateDict.keys()]).toEqual([
      ...['features.0.weight', 'features.0.bias', 'features.1.weight', 'features.1.bias'],
      ...['features.1.running_mean', 'features.1.running_var', 'features.4.weight'],
      ...['features.10.weight', 'features.10.bias', 'features.12.weight'],
    ]);
    expect(layerNames[1]).toBe('features.1');
    expect(layerNames[2]).toBeUndefined();
  });

  test.each(['', 'a/b', 'two words', 'weird\u202e', 'same'])(
    'that no module can have (%j) give way to positions, for all layers',
    (name) => {
      const model = everyLayer((i) => (i < 2 ? name : `fine${i}`));
      expect([...stateDictOf(model).stateDict.keys()].slice(-3)).toEqual([
        '10.weight',
        '10.bias',
        '12.weight',
      ]);
    },
  );
});
