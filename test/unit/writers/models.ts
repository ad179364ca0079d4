/** Models of every layer that there is, with weights from a seed. */
import type { ImageShape } from '../../../src/datasets/dataset';
import {
  type LayerSpec,
  NO_PADDING,
  type Padding,
} from '../../../src/checkpoints/formats/layer-spec';
import { sequentialModel } from '../../../src/checkpoints/formats/model-shapes';
import type {
  SequentialLayer,
  SequentialModel,
  Tensor,
} from '../../../src/checkpoints/formats/sequential-model';

export function padding(top: number, left = top, bottom = top, right = left): Padding {
  return { top, left, bottom, right };
}

export class Weights {
  constructor(private state = 1) {}

  /** Evenly in low…high. */
  tensor(shape: readonly number[], low = -0.5, high = 0.5): Tensor {
    const length = shape.reduce((product, size) => product * size, 1);
    const data = Float32Array.from({ length }, () => low + this.next() * (high - low));
    return { shape, data };
  }

  conv(
    name: string,
    [outputs, inputs, height, width]: [number, number, number, number],
    window: { strides?: [number, number]; padding?: Padding; bias?: boolean } = {},
  ): SequentialLayer {
    return {
      kind: 'conv2d',
      name,
      weight: this.tensor([outputs, inputs, height, width]),
      bias: window.bias === false ? undefined : this.tensor([outputs]),
      strides: window.strides ?? [1, 1],
      padding: window.padding ?? NO_PADDING,
    };
  }

  norm(name: string, channels: number): SequentialLayer {
    return {
      kind: 'batchNorm2d',
      name,
      weight: this.tensor([channels], 0.5, 1.5),
      bias: this.tensor([channels]),
      runningMean: this.tensor([channels]),
      runningVar: this.tensor([channels], 0.2, 2),
      epsilon: 1e-5,
    };
  }

  dense(name: string, outputs: number, inputs: number, bias = true): SequentialLayer {
    const weight = this.tensor([outputs, inputs]);
    return { kind: 'dense', name, weight, bias: bias ? this.tensor([outputs]) : undefined };
  }

  private next(): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return this.state / 2 ** 32;
  }
}

export const relu: LayerSpec & SequentialLayer = { kind: 'relu' };
export const flatten: LayerSpec & SequentialLayer = { kind: 'flatten' };

/** Two channels, a side that is not the other, every kind of layer but softmax. */
export function everyLayer(
  names: (position: number) => string = (i) => `part${i}`,
): SequentialModel {
  const make = new Weights(7);
  return sequentialModel({ height: 13, width: 10, channels: 3 }, [
    make.conv(names(0), [6, 3, 3, 2], { strides: [2, 1], padding: padding(1) }),
    make.norm(names(1), 6),
    relu,
    { kind: 'maxPool2d', kernel: [3, 3], strides: [1, 1], padding: padding(1) },
    make.conv(names(4), [5, 6, 3, 3], { padding: padding(1), bias: false }),
    {
      kind: 'avgPool2d',
      kernel: [2, 2],
      strides: [2, 2],
      padding: padding(1),
      countIncludePad: true,
    },
    relu,
    { kind: 'dropout', rate: 0.25 },
    flatten,
    relu,
    make.dense(names(10), 7, 120),
    relu,
    make.dense(names(12), 4, 7, false),
  ]);
}

/** A chain that ends in a pool over the whole image. */
export function pooledModel(
  inputShape: ImageShape = { height: 6, width: 5, channels: 1 },
): SequentialModel {
  const make = new Weights(3);
  return sequentialModel(inputShape, [
    make.conv('0', [4, inputShape.channels, 3, 3], { padding: padding(1) }),
    relu,
    { kind: 'globalAvgPool2d' },
    flatten,
    make.dense('4', 3, 4),
    { kind: 'softmax' },
  ]);
}
