import type { Scalar, Tensor } from '@tensorflow/tfjs';
import { loadTfjs, loadWasmTfjs, type TensorFlow } from '../../../src/inference/tfjs/runtime';
import { forwardWithDropout } from '../../../src/training/dropout';
import { registerWasmKernels } from '../../../src/training/kernels/register-wasm-kernels';
import { variablesOf } from '../../../src/training/model-weights';
import { buildNetwork } from '../../../src/training/network';
import { Random } from '../../../src/training/random';

const SHAPE = { height: 6, width: 6, channels: 1 };
const NETWORK = { filters: [2, 3], hiddenUnits: 4, dropout: 0.25 } as const;
const CLASS_COUNT = 3;
const COUNT = 5;

interface Step {
  loss: number;
  gradients: Float32Array[];
  /** The loss of the same step with a number added to one weight. */
  lossWith(variable: number, element: number, change: number): Promise<number>;
  dispose(): void;
}

/** One training step of a small network: images, labels, weights and dropout are always the same. */
async function takeStep(tf: TensorFlow): Promise<Step> {
  const model = buildNetwork(tf, SHAPE, CLASS_COUNT, NETWORK, 3);
  const images = tf.randomUniform([COUNT, 6, 6, 1], 0, 1, 'float32', 5);
  const labels = tf.tidy(() => tf.cast(tf.oneHot([0, 1, 2, 0, 1], CLASS_COUNT), 'float32'));
  const variables = variablesOf(tf, model);
  // With biases at 0, where they start, activations lie on the very kink of ReLU: there is no slope.
  tf.tidy(() => {
    for (const variable of variables.filter(({ rank }) => rank === 1)) {
      variable.assign(tf.randomUniform(variable.shape, 0.05, 0.2, 'float32', 8));
    }
  });
  const loss = (): Scalar =>
    tf.losses.softmaxCrossEntropy<Tensor, Scalar>(
      labels,
      forwardWithDropout(tf, model, images, new Random(6)),
    );
  const { value, grads } = tf.variableGrads(loss, variables);
  const gradients = variables.map((variable) => grads[variable.name] as Tensor);
  const step: Step = {
    loss: (await value.data())[0] as number,
    gradients: await Promise.all(
      gradients.map(async (gradient) => Float32Array.from(await gradient.data())),
    ),
    async lossWith(position, element, change) {
      const variable = variables[position];
      if (variable === undefined) throw new RangeError(`no variable ${position}`);
      const old = Float32Array.from(await variable.data());
      const moved = old.map((weight, i) => (i === element ? weight + change : weight));
      const set = (values: Float32Array): void => {
        tf.tidy(() => {
          variable.assign(tf.tensor(values, variable.shape));
        });
      };
      set(moved);
      const [changed] = tf.tidy(() => loss().dataSync());
      set(old);
      return changed as number;
    },
    dispose: () => {
      tf.dispose([images, labels, value, grads]);
      model.dispose();
    },
  };
  return step;
}

test('the gradient of the whole network equals that of the cpu backend', async () => {
  const runtime = await loadWasmTfjs();
  registerWasmKernels(runtime);
  const { tf } = runtime;
  const wasm = await takeStep(tf);
  wasm.dispose();
  await tf.setBackend('cpu');
  const cpu = await takeStep(tf);
  cpu.dispose();
  await tf.setBackend('wasm');
  expect(wasm.loss).toBeCloseTo(cpu.loss, 5);
  expect(wasm.gradients).toHaveLength(8);
  wasm.gradients.forEach((gradient, position) => {
    const expected = cpu.gradients[position] as Float32Array;
    expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(1e-4);
    gradient.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] as number, 5);
    });
  });
});

test('the gradient is the slope of the loss, weight by weight', async () => {
  const runtime = await loadTfjs();
  registerWasmKernels(runtime);
  const step = await takeStep(runtime.tf);
  // Larger steps cross kinks of ReLU and the pool; a float32 loss near 1, good to 1.2e-7, gives a
  // slope over 2e-4 to about 1e-3.
  const h = 1e-4;
  expect(Math.max(...step.gradients.flatMap((gradient) => [...gradient]))).toBeGreaterThan(0.1);
  for (const [position, gradient] of step.gradients.entries()) {
    for (let element = 0; element < gradient.length; element += 2) {
      const above = await step.lossWith(position, element, h);
      const below = await step.lossWith(position, element, -h);
      const difference = (above - below) / (2 * h) - (gradient[element] as number);
      expect(Math.abs(difference)).toBeLessThan(3e-3);
    }
  }
  step.dispose();
});
