/** The fixture of a network other than the CNN: its weights, read here, give the logits that torch gave. */
import type { NamedTensor } from '../../../src/checkpoints/formats/state-dict';
import { fixture, read } from './files';

/** Channels, height and width, and the values row by row. */
interface Planes {
  channels: number;
  side: number;
  values: number[];
}

const weights = read('batchnorm-net.pt');

function tensorOf(name: string): NamedTensor {
  const found = weights.get(name);
  if (found === undefined) throw new Error(`batchnorm-net.pt has no ${name}`);
  return found;
}

function floats(name: string): number[] {
  const bytes = fixture(name);
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
}

/** A 3×3 convolution with stride 2 and padding 1, batch norm in eval mode (eps 1e-5) and ReLU. */
function block(input: Planes, conv: number, norm: number): Planes {
  const { shape, values: kernel } = tensorOf(`${conv}.weight`);
  const channels = shape[0] ?? 0;
  const side = Math.ceil(input.side / 2);
  const at = (name: string, channel: number): number => weights.get(name)?.values[channel] ?? 0;
  const values: number[] = [];
  for (let to = 0; to < channels; to++) {
    const scale = at(`${norm}.weight`, to) / Math.sqrt(at(`${norm}.running_var`, to) + 1e-5);
    for (let pixel = 0; pixel < side * side; pixel++) {
      const [top, left] = [2 * Math.floor(pixel / side) - 1, 2 * (pixel % side) - 1];
      let sum = at(`${conv}.bias`, to) - at(`${norm}.running_mean`, to);
      for (let tap = 0; tap < input.channels * 9; tap++) {
        const [row, column] = [top + (Math.floor(tap / 3) % 3), left + (tap % 3)];
        const inside = Math.min(row, column) >= 0 && Math.max(row, column) < input.side;
        const from = (Math.floor(tap / 9) * input.side + row) * input.side + column;
        if (inside)
          sum += (input.values[from] ?? NaN) * (kernel[to * input.channels * 9 + tap] ?? NaN);
      }
      values.push(Math.max(0, sum * scale + at(`${norm}.bias`, to)));
    }
  }
  return { channels, side, values };
}

/** Averages of 2×2, the odd last row and column left out. */
function averagePool({ channels, side, values }: Planes): number[] {
  const half = Math.floor(side / 2);
  return Array.from({ length: channels * half * half }, (_, index) => {
    const channel = Math.floor(index / (half * half));
    const first =
      (channel * side + 2 * (Math.floor(index / half) % half)) * side + 2 * (index % half);
    const four = [first, first + 1, first + side, first + side + 1];
    return four.reduce((sum, from) => sum + (values[from] ?? NaN), 0) / 4;
  });
}

test('the logits of four images equal torch within 1e-5', () => {
  const input = floats('batchnorm-net.input.f32');
  const expected = floats('batchnorm-net.logits.f32');
  const { shape, values: dense } = tensorOf('8.weight');
  expect(shape).toEqual([10, 144]);
  const logits: number[] = [];
  for (let image = 0; image < 4; image++) {
    const pixels = input.slice(image * 784, (image + 1) * 784);
    const first = block({ channels: 1, side: 28, values: pixels }, 0, 1);
    const features = averagePool(block(first, 3, 4));
    for (let klass = 0; klass < 10; klass++) {
      const bias = tensorOf('8.bias').values[klass] ?? NaN;
      logits.push(features.reduce((sum, x, i) => sum + x * (dense[klass * 144 + i] ?? NaN), bias));
    }
  }
  expect(logits).toHaveLength(expected.length);
  const worst = Math.max(
    ...logits.map((logit, index) => Math.abs(logit - (expected[index] ?? NaN))),
  );
  expect(worst).toBeLessThan(1e-5);
});
