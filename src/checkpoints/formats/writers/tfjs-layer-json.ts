/** The layers of a SequentialModel as entries of a tfjs (Keras) Sequential topology, without weights. */
import type { ImageShape } from '../../../datasets/dataset';
import type { AvgPool2dSpec, Conv2dSpec, LayerSpec, MaxPool2dSpec } from '../layer-spec';
import { samePadding } from '../same-padding';
import { unwritableLayer } from './unwritable-layer';

export interface LayerJson {
  class_name: string;
  config: Record<string, unknown> & { name: string };
}

export interface LayerInput {
  /** What comes to the layer, where that is an image. */
  image: ImageShape | undefined;
  /** Whether no value that comes can be below 0. */
  nonNegative: boolean;
}

type Windowed = Conv2dSpec | MaxPool2dSpec | AvgPool2dSpec;

/**
 * @param name unique in the model
 * @returns one entry, or one that pads and the layer itself
 * @throws UserError CONVERT_LAYER_UNSUPPORTED for padding that TensorFlow's layers can't have
 */
export function layerJson(
  spec: LayerSpec,
  name: string,
  position: number,
  { image, nonNegative }: LayerInput,
): LayerJson[] {
  const entry = (className: string, config: Record<string, unknown> = {}): LayerJson => ({
    class_name: className,
    config: { name, trainable: true, ...config },
  });
  switch (spec.kind) {
    case 'conv2d':
      return windowed(spec, image, (window) =>
        entry('Conv2D', {
          filters: spec.outputs,
          kernel_size: spec.kernel,
          ...window,
          dilation_rate: [1, 1],
          activation: 'linear',
          use_bias: spec.bias,
        }),
      );
    case 'maxPool2d':
      // Pools pad with −∞, which no layer does; where nothing is below 0, a 0 changes no maximum.
      if (!nonNegative && !isPlain(spec, image)) {
        throw unwritableLayer('a tfjs layer', spec, position, NO_PADDED_POOL);
      }
      return windowed(spec, image, (window) =>
        entry('MaxPooling2D', { pool_size: spec.kernel, ...window }),
      );
    case 'avgPool2d':
      return averagePool(spec, position, image, entry);
    case 'globalAvgPool2d':
      return [
        entry('AveragePooling2D', {
          pool_size: [image?.height, image?.width],
          strides: [1, 1],
          padding: 'valid',
          data_format: 'channels_last',
        }),
      ];
    case 'batchNorm2d':
      return [
        entry('BatchNormalization', { axis: -1, epsilon: spec.epsilon, center: true, scale: true }),
      ];
    case 'dense':
      return [entry('Dense', { units: spec.outputs, activation: 'linear', use_bias: spec.bias })];
    case 'relu':
    case 'softmax':
      return [entry('Activation', { activation: spec.kind })];
    case 'flatten':
      return [entry('Flatten', { data_format: 'channels_last' })];
    case 'dropout':
      return [entry('Dropout', { rate: spec.rate })];
  }
}

/** Both at once, as TensorFlow has a global pool that gives a row and none that keeps an image of 1×1. */
export function globalPoolAndFlatten(name: string): LayerJson {
  const config = { name, trainable: true, data_format: 'channels_last' };
  return { class_name: 'GlobalAveragePooling2D', config };
}

const NO_PADDED_POOL =
  "its padding is not TensorFlow's 'same', and only after a ReLU could zeros be added instead";

function averagePool(
  spec: AvgPool2dSpec,
  position: number,
  image: ImageShape | undefined,
  entry: (className: string, config: Record<string, unknown>) => LayerJson,
): LayerJson[] {
  const pool = (window: Record<string, unknown>) =>
    entry('AveragePooling2D', { pool_size: spec.kernel, ...window });
  if (!isPadded(spec)) return windowed(spec, image, pool);
  // TensorFlow's 'same' leaves padded pixels out of the mean; real zeros count in it.
  if (spec.countIncludePad)
    return [zeroPadding(spec, pool({}).config.name), pool(validWindow(spec))];
  if (isPlain(spec, image)) return windowed(spec, image, pool);
  const reason = "its padding is not TensorFlow's 'same' and does not count in the mean";
  throw unwritableLayer('a tfjs layer', spec, position, reason);
}

function windowed(
  spec: Windowed,
  image: ImageShape | undefined,
  layer: (window: Record<string, unknown>) => LayerJson,
): LayerJson[] {
  const valid = layer(validWindow(spec));
  if (!isPadded(spec)) return [valid];
  if (isPlain(spec, image)) return [layer({ ...validWindow(spec), padding: 'same' })];
  return [zeroPadding(spec, valid.config.name), valid];
}

function validWindow({ strides }: Windowed): Record<string, unknown> {
  return { strides, padding: 'valid', data_format: 'channels_last' };
}

function zeroPadding({ padding }: Windowed, name: string): LayerJson {
  const { top, left, bottom, right } = padding;
  const sides = [
    [top, bottom],
    [left, right],
  ];
  const config = {
    name: `${name}_padding`,
    trainable: true,
    padding: sides,
    data_format: 'channels_last',
  };
  return { class_name: 'ZeroPadding2D', config };
}

function isPadded({ padding }: Windowed): boolean {
  return Object.values(padding).some((size) => size > 0);
}

/** Whether TensorFlow's 'valid' or 'same' pads exactly so. */
function isPlain(spec: Windowed, image: ImageShape | undefined): boolean {
  if (!isPadded(spec)) return true;
  const { kernel, strides, padding } = spec;
  const [top, bottom] = samePadding(image?.height ?? 0, kernel[0], strides[0]);
  const [left, right] = samePadding(image?.width ?? 0, kernel[1], strides[1]);
  return (
    padding.top === top &&
    padding.bottom === bottom &&
    padding.left === left &&
    padding.right === right
  );
}
