/** What a layer does, without its weights: enough to follow the shapes and to know which weights it needs. */

export type HeightWidth = readonly [height: number, width: number];

/** Rows and columns added around the input; convolutions see zeros there, max-pools −∞. */
export interface Padding {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

export const NO_PADDING: Padding = { top: 0, left: 0, bottom: 0, right: 0 };

interface Window {
  kernel: HeightWidth;
  strides: HeightWidth;
  padding: Padding;
}

export interface Conv2dSpec extends Window {
  kind: 'conv2d';
  name: string;
  /** Channels. */
  inputs: number;
  outputs: number;
  bias: boolean;
}

export interface BatchNorm2dSpec {
  kind: 'batchNorm2d';
  name: string;
  channels: number;
  /** Added to the variance under the root. */
  epsilon: number;
}

export interface MaxPool2dSpec extends Window {
  kind: 'maxPool2d';
}

export interface AvgPool2dSpec extends Window {
  kind: 'avgPool2d';
  /** Whether padded zeros count in the average: PyTorch's default is true, TensorFlow's only way is false. */
  countIncludePad: boolean;
}

export interface DenseSpec {
  kind: 'dense';
  name: string;
  inputs: number;
  outputs: number;
  bias: boolean;
}

export type LayerSpec =
  | Conv2dSpec
  | BatchNorm2dSpec
  | MaxPool2dSpec
  | AvgPool2dSpec
  | DenseSpec
  /** The mean of each channel, as an image of 1×1. */
  | { kind: 'globalAvgPool2d' }
  | { kind: 'relu' }
  /** Channels, then rows, then columns. */
  | { kind: 'flatten' }
  /** Does nothing at inference. */
  | { kind: 'dropout'; rate: number }
  /** Over the classes; only as the last layer. */
  | { kind: 'softmax' };
