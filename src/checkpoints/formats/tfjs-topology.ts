/** Reads the topology of a tfjs (or Keras) Sequential model into checked layer descriptions, without weights. */
import type { ImageShape } from '../../datasets/dataset';
import { checkpointInvalid, quoted } from './checkpoint-invalid';
import { isJsonObject, isWhole, type JsonObject } from './json-value';
import type { HeightWidth } from './sequential-model';

const MAX_LAYERS = 1000;
const MAX_IMAGE_SIDE = 8192;
const MAX_CHANNELS = 65_536;
const MAX_KERNEL_SIDE = 1024;

export type PaddingMode = 'same' | 'valid';

export type LayerSpec =
  | {
      kind: 'conv2d';
      name: string;
      filters: number;
      kernel: HeightWidth;
      strides: HeightWidth;
      padding: PaddingMode;
      useBias: boolean;
    }
  | { kind: 'maxPool2d'; kernel: HeightWidth; strides: HeightWidth; padding: PaddingMode }
  | { kind: 'dense'; name: string; units: number; useBias: boolean }
  | { kind: 'relu' }
  | { kind: 'flatten' }
  | { kind: 'dropout'; rate: number };

export interface TopologySpec {
  inputShape: ImageShape;
  layers: readonly LayerSpec[];
}

/** @throws UserError CHECKPOINT_INVALID; layers that are not supported are listed all at once, by name */
export function parseTopology(topology: JsonObject): TopologySpec {
  const model = isJsonObject(topology['model_config']) ? topology['model_config'] : topology;
  if (model['class_name'] !== 'Sequential') {
    throw checkpointInvalid(
      `only Sequential models are supported, not ${quoted(String(model['class_name']))}`,
    );
  }
  const config = model['config'];
  const list = isJsonObject(config) ? config['layers'] : config;
  if (!Array.isArray(list) || list.length === 0 || list.length > MAX_LAYERS) {
    throw checkpointInvalid(`a Sequential model has 1 to ${MAX_LAYERS} layers`);
  }
  const entries = list.map(parseEntry);
  const refused: string[] = [];
  const layers = entries.flatMap((entry) => {
    const read = readLayer(entry);
    if (typeof read !== 'string') return read;
    refused.push(`${entry.className} ${quoted(entry.name)} (${read})`);
    return [];
  });
  if (refused.length > 0) {
    throw checkpointInvalid(
      `it has layers that are not supported: ${refused.join('; ')}. Supported are Conv2D, ` +
        'MaxPooling2D, Dropout, Flatten, Dense, ReLU and Activation (relu, linear)',
      { details: { layers: refused } },
    );
  }
  return { inputShape: inputShapeOf(entries[0]?.config ?? {}), layers };
}

interface Entry {
  className: string;
  name: string;
  config: JsonObject;
}

function parseEntry(layer: unknown): Entry {
  const { class_name: className, config }: JsonObject = isJsonObject(layer) ? layer : {};
  if (typeof className !== 'string' || !isJsonObject(config)) {
    throw checkpointInvalid('a layer of the modelTopology lacks its class_name or config');
  }
  // Any other text could be long or speak to the terminal; such a class is not supported anyway.
  const plain = /^\w{1,40}$/.test(className) ? className : 'layer';
  return {
    className: plain,
    name: typeof config['name'] === 'string' ? config['name'] : '',
    config,
  };
}

function inputShapeOf(config: JsonObject): ImageShape {
  const shape = config['batch_input_shape'] ?? config['batch_shape'];
  const sizes = listOf(shape) ?? [];
  const [batch, height, width, channels] = sizes;
  if (
    sizes.length === 4 &&
    batch === null &&
    isWhole(height, 1, MAX_IMAGE_SIDE) &&
    isWhole(width, 1, MAX_IMAGE_SIDE) &&
    isWhole(channels, 1, 4)
  ) {
    return { height, width, channels };
  }
  throw checkpointInvalid(
    'the first layer must take images: batch_input_shape [null, height, width, channels] with 1 to 4 ' +
      `channels, not ${quoted(JSON.stringify(shape ?? null))}`,
  );
}

/** @returns the layers that one entry stands for, or why it is refused */
function readLayer({ className, name, config }: Entry): LayerSpec[] | string {
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
    case 'Activation':
      return readActivation(config);
    case 'Conv2D':
      return readConv(name, config);
    case 'MaxPooling2D':
      return readPool(config);
    case 'Dense': {
      const units = config['units'];
      if (!isWhole(units, 1, MAX_CHANNELS)) return 'no usable units';
      return withActivation({ kind: 'dense', name, units, useBias: usesBias(config) }, config);
    }
    default:
      return 'not supported';
  }
}

function readConv(name: string, config: JsonObject): LayerSpec[] | string {
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

function readPool(config: JsonObject): LayerSpec[] | string {
  const window = readWindow(config, 'pool_size');
  return typeof window === 'string' ? window : [{ kind: 'maxPool2d', ...window }];
}

interface Window {
  kernel: HeightWidth;
  strides: HeightWidth;
  padding: PaddingMode;
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

function withActivation(layer: LayerSpec, config: JsonObject): LayerSpec[] | string {
  const activation = readActivation(config);
  return typeof activation === 'string' ? activation : [layer, ...activation];
}

function readActivation(config: JsonObject): LayerSpec[] | string {
  const activation = config['activation'] ?? 'linear';
  if (activation === 'relu') return [{ kind: 'relu' }];
  if (activation === 'linear') return [];
  if (activation === 'softmax') return 'softmax: the model must end in raw logits, so leave it off';
  return `activation ${quoted(JSON.stringify(activation))}`;
}

function usesBias(config: JsonObject): boolean {
  return config['use_bias'] !== false;
}

function channelsLast(config: JsonObject): boolean {
  return (config['data_format'] ?? 'channels_last') === 'channels_last';
}

function pairOf(value: unknown, high: number): HeightWidth | undefined {
  const sides = listOf(value) ?? [value, value];
  const [height, width] = sides;
  if (sides.length !== 2) return undefined;
  return isWhole(height, 1, high) && isWhole(width, 1, high) ? [height, width] : undefined;
}

function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}
