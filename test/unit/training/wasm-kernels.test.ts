import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { loadWasmTfjs, type TensorFlow } from '../../../src/inference/tfjs/runtime';
import { registerWasmKernels } from '../../../src/training/kernels/register-wasm-kernels';

let tf: TensorFlow;
beforeAll(async () => {
  const runtime = await loadWasmTfjs();
  registerWasmKernels(runtime);
  ({ tf } = runtime);
});

/** Runs the same computation on the cpu backend, tfjs's reference, and on wasm. */
async function onBoth(compute: () => Tensor): Promise<[Float32Array, Float32Array]> {
  const results: Float32Array[] = [];
  for (const backend of ['cpu', 'wasm']) {
    await tf.setBackend(backend);
    const before = tf.memory().numTensors;
    const result = tf.tidy(compute);
    results.push(Float32Array.from(await result.data()));
    result.dispose();
    expect(tf.memory().numTensors).toBe(before);
  }
  return results as [Float32Array, Float32Array];
}

function expectClose(actual: Float32Array, expected: Float32Array): void {
  expect(actual).toHaveLength(expected.length);
  const scale = Math.max(...expected.map(Math.abs));
  expect(scale).toBeGreaterThan(0);
  const worst = Math.max(...actual.map((value, i) => Math.abs(value - (expected[i] as number))));
  expect(worst / scale).toBeLessThan(1e-5);
}

const normal = (shape: number[], seed: number): Tensor =>
  tf.randomNormal(shape, 0, 1, 'float32', seed);

type Convolution = [
  title: string,
  image: [number, number, number, number],
  filter: [number, number, number, number],
  strides: number | [number, number],
  pad: 'same' | 'valid' | number,
];
const CONVOLUTIONS: Convolution[] = [
  ["the network's first layer", [2, 28, 28, 1], [3, 3, 1, 8], 1, 'same'],
  ["the network's second layer", [2, 28, 28, 8], [3, 3, 8, 16], 1, 'same'],
  ['no padding', [2, 7, 9, 3], [3, 3, 3, 4], 1, 'valid'],
  ['an even, oblong filter', [2, 8, 6, 2], [2, 4, 2, 3], 1, 'same'],
  ['more padding than the filter covers', [2, 5, 5, 2], [1, 1, 2, 3], 1, 1],
  ['a stride that divides the input', [2, 8, 8, 2], [2, 2, 2, 3], 2, 'valid'],
  ['a stride that leaves rows over', [2, 10, 9, 2], [3, 3, 2, 3], [3, 2], 'valid'],
  ['a stride with same padding', [3, 9, 8, 2], [3, 3, 2, 3], 2, 'same'],
];

test.each(CONVOLUTIONS)(
  'both gradients of a convolution equal those of the cpu backend: %s',
  async (_, imageShape, filterShape, strides, pad) => {
    for (const which of [0, 1]) {
      const [expected, actual] = await onBoth(() => {
        const image = normal(imageShape, 1);
        const filter = normal(filterShape, 2);
        const loss = (x: Tensor, w: Tensor): Tensor => {
          const y = tf.conv2d(x as Tensor4D, w as Tensor4D, strides, pad);
          return tf.sum(tf.mul(y, normal(y.shape, 3)));
        };
        return tf.grads(loss)([image, filter])[which] as Tensor;
      });
      expectClose(actual, expected);
    }
  },
);

test("the filter's gradient refuses channels first, which wasm can't convolve", () => {
  expect(() =>
    tf
      .engine()
      .runKernel(
        'Conv2DBackpropFilter',
        { x: normal([1, 2, 5, 5], 1), dy: normal([1, 3, 5, 5], 2) },
        { strides: [1, 1], pad: 'same', dataFormat: 'NCHW', filterShape: [3, 3, 2, 3] },
      ),
  ).toThrow('channels last');
});

test.each([
  ['a plain product', [4, 5], [5, 3], false, false],
  ['the first factor transposed', [5, 4], [5, 3], true, false],
  ['the second factor transposed', [4, 5], [3, 5], false, true],
  ['both transposed', [5, 4], [3, 5], true, true],
  ['batches of matrices', [2, 5, 4], [2, 3, 5], true, true],
  ['a batch times one matrix', [2, 5, 4], [1, 5, 3], true, false],
] as const)(
  'a matrix product equals that of the cpu backend: %s',
  async (_, a, b, turnA, turnB) => {
    const [expected, actual] = await onBoth(() =>
      tf.matMul(normal([...a], 1), normal([...b], 2), turnA, turnB),
    );
    expectClose(actual, expected);
  },
);

test.each([
  ["the network's pool", [3, 28, 28, 16], 2, 2, 'valid'],
  ['rows left over', [2, 5, 7, 3], 2, 2, 'valid'],
  ['overlapping windows', [2, 6, 6, 3], 3, 1, 'same'],
  ['an oblong window with padding', [2, 7, 8, 2], [3, 2], [2, 3], 'same'],
] as const)('the gradient of max-pooling equals that of the cpu backend: %s', async (...row) => {
  const [, shape, size, strides, pad] = row as unknown as [
    string,
    number[],
    [number, number],
    [number, number],
    'same' | 'valid',
  ];
  const [expected, actual] = await onBoth(() => {
    // Rounded and cut at 0, as after ReLU, so that many windows hold equal maxima.
    const image = tf.relu(tf.round(normal(shape, 4)));
    const loss = (x: Tensor): Tensor => {
      const y = tf.maxPool(x as Tensor4D, size, strides, pad);
      return tf.sum(tf.mul(y, normal(y.shape, 5)));
    };
    return tf.grad(loss)(image);
  });
  expectClose(actual, expected);
});

test('registering twice changes nothing, and another backend than wasm is left alone', async () => {
  const kernel = tf.getKernel('BatchMatMul', 'wasm');
  const runtime = await loadWasmTfjs();
  registerWasmKernels(runtime);
  expect(tf.getKernel('BatchMatMul', 'wasm')).toBe(kernel);
  const untouched = { registerKernel: jest.fn() } as unknown as TensorFlow;
  registerWasmKernels({ tf: untouched, backend: { name: 'tensorflow', version: '2.9.1' } });
  expect(untouched.registerKernel).not.toHaveBeenCalled();
});
