/**
 * The canonical form of a plain feed-forward CNN, whatever file it came from: layers in the order of
 * torch.nn.Sequential, weights in PyTorch's layout, activations channels first.
 */
import type { ImageShape } from '../../datasets/dataset';

export interface Tensor {
  shape: readonly number[];
  /** Row by row; as many values as the product of the shape. */
  data: Float32Array;
}

export type HeightWidth = readonly [height: number, width: number];

/** Rows and columns added around the input; convolutions see zeros there, pools see −∞. */
export interface Padding {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

export interface Conv2dLayer {
  kind: 'conv2d';
  name: string;
  /** [out channels, in channels, height, width] */
  weight: Tensor;
  /** [out channels] */
  bias: Tensor | undefined;
  strides: HeightWidth;
  padding: Padding;
}

export interface MaxPool2dLayer {
  kind: 'maxPool2d';
  kernel: HeightWidth;
  strides: HeightWidth;
  padding: Padding;
}

export interface DenseLayer {
  kind: 'dense';
  name: string;
  /** [out, in]; after a flatten the inputs are in channels-height-width order. */
  weight: Tensor;
  /** [out] */
  bias: Tensor | undefined;
}

export type SequentialLayer =
  | Conv2dLayer
  | MaxPool2dLayer
  | DenseLayer
  | { kind: 'relu' }
  | { kind: 'flatten' }
  | { kind: 'dropout'; rate: number };

export interface SequentialModel {
  inputShape: ImageShape;
  classCount: number;
  layers: readonly SequentialLayer[];
}

/** How many trained numbers the model has. */
export function parameterCount(model: SequentialModel): number {
  return model.layers
    .flatMap((layer) => ('weight' in layer ? [layer.weight, layer.bias] : []))
    .reduce((sum, tensor) => sum + (tensor?.data.length ?? 0), 0);
}

/** A line a person reads, such as `conv 1→8 3×3, relu, flatten, dense 6272→10`. */
export function architectureOf(model: SequentialModel): string {
  return model.layers.map(wordsOf).join(', ');
}

function wordsOf(layer: SequentialLayer): string {
  switch (layer.kind) {
    case 'conv2d': {
      const [outputs, inputs, height, width] = layer.weight.shape;
      return `conv ${inputs ?? 0}→${outputs ?? 0} ${height ?? 0}×${width ?? 0}`;
    }
    case 'maxPool2d':
      return `max-pool ${layer.kernel[0]}×${layer.kernel[1]}`;
    case 'dense':
      return `dense ${layer.weight.shape[1] ?? 0}→${layer.weight.shape[0] ?? 0}`;
    case 'dropout':
      return `dropout ${layer.rate}`;
    default:
      return layer.kind;
  }
}
