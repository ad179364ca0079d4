/** Reads one layer of a tfjs (or Keras) topology, and refuses what would not run here as it was trained. */
import { isWhole, type JsonObject, shownJson } from './json-value';
import type { HeightWidth, Padding } from './layer-spec';

const MAX_CHANNELS = 65_536;
const MAX_KERNEL_SIDE = 1024;

export type PaddingMode = 'same' | 'valid';

interface Window {
  kernel: HeightWidth;
  strides: HeightWidth;
  padding: PaddingMode;
}

/** A layer as tfjs means it: channels last, paddings by name, input sizes left to the layers before it. */
export type TfjsLayer =
  | ({ kind: 'conv2d'; name: string; filters: number; useBias: boolean } & Window)
  | ({ kind: 'maxPool2d' | 'avgPool2d' } & Window)
  /** Zeros around the image, for the convolution or pool that comes next. */
  | { kind: 'zeroPadding2d'; padding: Padding }
  | { kind: 'batchNorm2d'; name: string; epsilon: number; scale: boolean; center: boolean }
  | { kind: 'dense'; name: string; units: number; useBias: boolean }
  | { kind: 'globalAvgPool2d' }
  | { kind: 'relu' }
  | { kind: 'softmax' }
  | { kind: 'flatten' }
  | { kind: 'dropout'; rate: number };

export interface TfjsEntry {
  className: string;
  name: string;
  config: JsonObject;
}

/** @returns the layers that one entry stands for, or why it is refused */
export function readTfjsLayer(entry: TfjsEntry): TfjsLayer[] | string {
  const { className, name, config } = entry;
  if (typeof config['dtype'] === 'string' && config['dtype'] !== 'float32') return 'not float32';
  switch (className) {
    case 'InputLayer':
      return [];
    case 'Flatten':
      return channelsLast(config) ? [{ kind: 'flatten' }] : 'not channels last';
    case 'Dropout': {
      const rate = config['rate'];
      return typeof rate === 'number' && rate >= 0 && rate <= 1
        ? [{ kind: 'dropout', rate }]
        : 'rate not in 0…1';
    }
    case 'ReLU':
      return (config['max_value'] ?? null) === null &&
        (config['negative_slope'] ?? 0) === 0 &&
        (config['threshold'] ?? 0) === 0
        ? [{ kind: 'relu' }]
        : 'with a maximum, slope or threshold';
    case 'Softmax':
      return [-1, 1].includes(axisOf(config) ?? -1) ? [{ kind: 'softmax' }] : 'over another axis';
    case 'Activation':
      return readActivation(config);
    case 'Conv2D':
      return readConv(name, config);
    case 'MaxPooling2D':
    case 'AveragePooling2D': {
      const window = readWindow(config, 'pool_size');
      const kind = className === 'MaxPooling2D' ? 'maxPool2d' : 'avgPool2d';
      return typeof window === 'string' ? window : [{ kind, ...window }];
    }
    case 'ZeroPadding2D':
      return readZeroPadding(config);
    case 'GlobalAveragePooling2D':
      if (!channelsLast(config)) return 'not channels last';
      // Keras gives a row where PyTorch keeps an image of 1×1.
      return config['keepdims'] === true
        ? [{ kind: 'globalAvgPool2d' }]
        : [{ kind: 'globalAvgPool2d' }, { kind: 'flatten' }];
    case 'BatchNormalization':
      return readBatchNorm(name, config);
    case 'Dense': {
      const units = config['units'];
      if (!isWhole(units, 1, MAX_CHANNELS)) return 'no usable units';
      return withActivation({ kind: 'dense', name, units, useBias: usesBias(config) }, config);
    }
    default:
      return 'not supported';
  }
}

function readConv(name: string, config: JsonObject): TfjsLayer[] | string {
  const window = readWindow(config, 'kernel_size');
  if (typeof window === 'string') return window;
  const filters = config['filters'];
  if (!isWhole(filters, 1, MAX_CHANNELS)) return 'no usable filters';
  const dilation = pairOf(config['dilation_rate'] ?? 1, 1);
  if (dilation === undefined || (config['groups'] ?? 1) !== 1) return 'dilated or grouped';
  return withActivation(
    { kind: 'conv2d', name, filters, ...window, useBias: usesBias(config) },
    config,
  );
}

/** One number for all sides, one an axis, or [[top, bottom], [left, right]]. */
function readZeroPadding(config: JsonObject): TfjsLayer[] | string {
  if (!channelsLast(config)) return 'not channels last';
  const { padding } = config;
  const axes: readonly unknown[] = Array.isArray(padding) ? padding : [padding, padding];
  const sides = axes.flatMap((axis): unknown[] => (Array.isArray(axis) ? axis : [axis, axis]));
  const [top, bottom, left, right] = sides;
  const fits =
    axes.length === 2 &&
    sides.length === 4 &&
    isWhole(top, 0, MAX_KERNEL_SIDE) &&
    isWhole(bottom, 0, MAX_KERNEL_SIDE) &&
    isWhole(left, 0, MAX_KERNEL_SIDE) &&
    isWhole(right, 0, MAX_KERNEL_SIDE);
  if (!fits) return 'no usable padding';
  return [{ kind: 'zeroPadding2d', padding: { top, bottom, left, right } }];
}

function readBatchNorm(name: string, config: JsonObject): TfjsLayer[] | string {
  const axis = axisOf(config);
  if (axis !== undefined && axis !== -1 && axis !== 3) return 'over another axis than the channels';
  // Keras' default; PyTorch's is 1e-5.
  const epsilon = config['epsilon'] ?? 1e-3;
  if (typeof epsilon !== 'number' || !(epsilon >= 0 && epsilon <= 1)) return 'epsilon not in 0…1';
  const { scale, center } = config;
  return [{ kind: 'batchNorm2d', name, epsilon, scale: scale !== false, center: center !== false }];
}

/** Keras writes the axis as a number or as a list of one. */
function axisOf(config: JsonObject): number | undefined {
  const axis: unknown = config['axis'];
  const only: unknown = Array.isArray(axis) && axis.length === 1 ? axis[0] : axis;
  if (only === undefined || only === null) return undefined;
  return typeof only === 'number' ? only : Number.NaN;
}

function readWindow(config: JsonObject, sizeKey: 'kernel_size' | 'pool_size'): Window | string {
  if (!channelsLast(config)) return 'not channels last';
  const kernel = pairOf(config[sizeKey], MAX_KERNEL_SIDE);
  // Keras: a pool without strides moves by its own size, a convolution by one.
  const fallback = sizeKey === 'pool_size' ? config[sizeKey] : 1;
  const strides = pairOf(config['strides'] ?? fallback, MAX_KERNEL_SIDE);
  if (kernel === undefined || strides === undefined) return `no usable ${sizeKey} or strides`;
  const padding = config['padding'] ?? 'valid';
  if (padding !== 'same' && padding !== 'valid') return 'padding neither same nor valid';
  return { kernel, strides, padding };
}

function withActivation(layer: TfjsLayer, config: JsonObject): TfjsLayer[] | string {
  const activation = readActivation(config);
  return typeof activation === 'string' ? activation : [layer, ...activation];
}

function readActivation(config: JsonObject): TfjsLayer[] | string {
  const activation = config['activation'] ?? 'linear';
  if (activation === 'relu' || activation === 'softmax') return [{ kind: activation }];
  if (activation === 'linear') return [];
  return `activation ${shownJson(activation)}`;
}

function usesBias(config: JsonObject): boolean {
  return config['use_bias'] !== false;
}

function channelsLast(config: JsonObject): boolean {
  return (config['data_format'] ?? 'channels_last') === 'channels_last';
}

function pairOf(value: unknown, high: number): HeightWidth | undefined {
  const sides: readonly unknown[] = Array.isArray(value) ? value : [value, value];
  const [height, width] = sides;
  if (sides.length !== 2) return undefined;
  return isWhole(height, 1, high) && isWhole(width, 1, high) ? [height, width] : undefined;
}
