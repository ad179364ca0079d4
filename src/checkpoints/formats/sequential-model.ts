/**
 * The canonical form of a plain feed-forward CNN, whatever file it came from: layers in the order of
 * torch.nn.Sequential, weights in PyTorch's layout, activations channels first.
 */
import type { ImageShape } from '../../datasets/dataset';
import type { HeightWidth, LayerSpec, Padding } from './layer-spec';

export type { HeightWidth, Padding } from './layer-spec';

export interface Tensor {
  shape: readonly number[];
  /** Row by row; as many values as the product of the shape. */
  data: Float32Array;
}

export interface Conv2dLayer {
  kind: 'conv2d';
  /** What its tensors are called before `.weight` and `.bias`, or the layer's name in tfjs. */
  name: string;
  /** [out channels, in channels, height, width]; dilation and groups are 1. */
  weight: Tensor;
  /** [out channels] */
  bias: Tensor | undefined;
  strides: HeightWidth;
  padding: Padding;
}

/** y = (x − runningMean) / √(runningVar + epsilon) · weight + bias, a channel: batch norm in eval mode. */
export interface BatchNorm2dLayer {
  kind: 'batchNorm2d';
  name: string;
  /** All four are [channels]. */
  weight: Tensor;
  bias: Tensor;
  runningMean: Tensor;
  runningVar: Tensor;
  epsilon: number;
}

export interface DenseLayer {
  kind: 'dense';
  name: string;
  /** [out, in]; after a flatten the inputs are in channels-height-width order. */
  weight: Tensor;
  /** [out] */
  bias: Tensor | undefined;
}

/** Layers that hold no numbers of their own are their own description. */
export type SequentialLayer =
  | Conv2dLayer
  | BatchNorm2dLayer
  | DenseLayer
  | Exclude<LayerSpec, { kind: 'conv2d' | 'batchNorm2d' | 'dense' }>;

export interface SequentialModel {
  inputShape: ImageShape;
  classCount: number;
  layers: readonly SequentialLayer[];
}

/** The layer without its weights. */
export function specOf(layer: SequentialLayer): LayerSpec {
  switch (layer.kind) {
    case 'conv2d': {
      const { kind, name, weight, bias, strides, padding } = layer;
      const [outputs = 0, inputs = 0, height = 0, width = 0] = weight.shape;
      const kernel = [height, width] as const;
      return { kind, name, inputs, outputs, kernel, strides, padding, bias: bias !== undefined };
    }
    case 'batchNorm2d': {
      const { kind, name, weight, epsilon } = layer;
      return { kind, name, channels: weight.shape[0] ?? 0, epsilon };
    }
    case 'dense': {
      const { kind, name, weight, bias } = layer;
      const [outputs = 0, inputs = 0] = weight.shape;
      return { kind, name, inputs, outputs, bias: bias !== undefined };
    }
    default:
      return layer;
  }
}

/** Whether the model gives probabilities. */
export function endsInSoftmax(model: SequentialModel): boolean {
  return model.layers.at(-1)?.kind === 'softmax';
}

/** How many trained numbers the model has; running means and variances are not trained. */
export function parameterCount(model: SequentialModel): number {
  return parametersIn(model.layers.map(specOf));
}

/** The same of layers whose weights nobody has read. */
export function parametersIn(specs: readonly LayerSpec[]): number {
  return specs.reduce((sum, spec) => sum + parametersOf(spec), 0);
}

function parametersOf(spec: LayerSpec): number {
  switch (spec.kind) {
    case 'conv2d': {
      const [height, width] = spec.kernel;
      return spec.outputs * (spec.inputs * height * width + (spec.bias ? 1 : 0));
    }
    case 'dense':
      return spec.outputs * (spec.inputs + (spec.bias ? 1 : 0));
    case 'batchNorm2d':
      return 2 * spec.channels;
    default:
      return 0;
  }
}

/** A line a person reads, such as `conv 1→8 3×3, relu, flatten, dense 6272→10`. */
export function architectureOf(model: SequentialModel): string {
  return architectureIn(model.layers.map(specOf));
}

/** The same of layers whose weights nobody has read. */
export function architectureIn(specs: readonly LayerSpec[]): string {
  return specs.map(wordsOf).join(', ');
}

/** What a person calls a layer of this description. */
export function wordsOf(spec: LayerSpec): string {
  switch (spec.kind) {
    case 'conv2d':
      return `conv ${spec.inputs}→${spec.outputs} ${spec.kernel.join('×')}${strideWords(spec.strides)}`;
    case 'batchNorm2d':
      return `batch-norm ${spec.channels}`;
    case 'maxPool2d':
      return `max-pool ${spec.kernel.join('×')}`;
    case 'avgPool2d':
      return `avg-pool ${spec.kernel.join('×')}`;
    case 'globalAvgPool2d':
      return 'global avg-pool';
    case 'dense':
      return `dense ${spec.inputs}→${spec.outputs}`;
    case 'dropout':
      return `dropout ${spec.rate}`;
    default:
      return spec.kind;
  }
}

function strideWords(strides: HeightWidth): string {
  return strides.every((stride) => stride === 1) ? '' : ` /${strides.join('×')}`;
}
