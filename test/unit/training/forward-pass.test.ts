import type { Tensor } from '@tensorflow/tfjs';
import { loadTfjs, type TensorFlow } from '../../../src/inference/tfjs/runtime';
import { copyWeights } from '../../../src/training/model-weights';
import { buildNetwork } from '../../../src/training/network';
import { Random } from '../../../src/training/random';

/** An image as plain loops see it: rows of columns of channels. */
type Planes = number[][][];
type Kernel = ArrayLike<number>;
/** Kernel and bias of each of the four layers that have them. */
type WeightsOfLayers = [Kernel, Kernel, Kernel, Kernel, Kernel, Kernel, Kernel, Kernel];

const SIDE = 4;
const CHANNELS = 2;
const [FIRST, SECOND] = [2, 3];
const HIDDEN = 5;

let tf: TensorFlow;
beforeAll(async () => {
  ({ tf } = await loadTfjs());
});

const at = (values: ArrayLike<number>, index: number): number => values[index] as number;
const relu = (x: number): number => Math.max(0, x);
const indices = (count: number): number[] => [...Array(count).keys()];

/** Convolution 3×3 with zeros around the image, by its definition, then ReLU. */
function convolve(image: Planes, kernel: Kernel, bias: Kernel, filters: number): Planes {
  const channels = image[0]?.[0]?.length ?? 0;
  const tap = (i: number, j: number, c: number, f: number): number =>
    at(kernel, ((i * 3 + j) * channels + c) * filters + f);
  return image.map((row, y) =>
    row.map((_, x) =>
      indices(filters).map((f) => {
        let sum = at(bias, f);
        for (const i of indices(3)) {
          for (const j of indices(3)) {
            const pixel = image[y + i - 1]?.[x + j - 1];
            pixel?.forEach((value, c) => (sum += value * tap(i, j, c, f)));
          }
        }
        return relu(sum);
      }),
    ),
  );
}

function pool(image: Planes): Planes {
  const half = indices(image.length / 2);
  return half.map((y) =>
    half.map((x) => {
      const window = [0, 1].flatMap((i) => [0, 1].map((j) => image[2 * y + i]?.[2 * x + j] ?? []));
      return indices(SECOND).map((c) => Math.max(...window.map((pixel) => at(pixel, c))));
    }),
  );
}

function dense(inputs: number[], kernel: Kernel, bias: Kernel, units: number): number[] {
  return indices(units).map((unit) =>
    inputs.reduce((sum, value, i) => sum + value * at(kernel, i * units + unit), at(bias, unit)),
  );
}

test('the network gives what plain loops over the definitions of its layers give', async () => {
  const shape = { height: SIDE, width: SIDE, channels: CHANNELS };
  const network = { filters: [FIRST, SECOND], hiddenUnits: HIDDEN, dropout: 0.2 } as const;
  const model = buildNetwork(tf, shape, 3, network, 9);
  const random = new Random(4);
  const image: Planes = indices(SIDE).map(() =>
    indices(SIDE).map(() => indices(CHANNELS).map(() => random.next() / 2 ** 32)),
  );
  // Biases start at 0; other values show that they are added.
  tf.tidy(() => {
    model.setWeights(
      model.getWeights().map((weight, i) => tf.add(weight, i % 2 === 1 ? 0.1 * i : 0)),
    );
  });
  const logits = tf.tidy(() => model.predict(tf.tensor([image])) as Tensor);
  const weights = await copyWeights(model);
  const [k1, b1, k2, b2, k3, b3, k4, b4] = weights as unknown as WeightsOfLayers;
  const features = pool(convolve(convolve(image, k1, b1, FIRST), k2, b2, SECOND));
  const hidden = dense(features.flat(2), k3, b3, HIDDEN).map(relu);
  const expected = dense(hidden, k4, b4, 3);
  const actual = [...(await logits.data())];
  expect(actual).toHaveLength(3);
  expected.forEach((value, i) => {
    expect(actual[i]).toBeCloseTo(value, 5);
  });
  logits.dispose();
  model.dispose();
});
