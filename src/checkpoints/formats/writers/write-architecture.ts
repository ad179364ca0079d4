/** Writes the YAML that describes a state dict's network; architectures/parse-architecture.ts reads it. */
import { Document, stringify } from 'yaml';
import { defaultPreprocessing, type Preprocessing, preprocessingDigest } from '../../preprocessing';
import type { HeightWidth, LayerSpec, Padding } from '../layer-spec';
import { endsInSoftmax, type SequentialModel, specOf } from '../sequential-model';
import { unwritableLayer } from './unwritable-layer';

export interface DescribedModel {
  model: SequentialModel;
  preprocessing: Preprocessing;
  classNames: readonly string[] | undefined;
}

/**
 * @param layerNames what the tensors of each layer are called before `.weight`
 * @throws UserError CONVERT_LAYER_UNSUPPORTED for padding that PyTorch's layers can't have
 */
export function writeArchitecture(
  { model, preprocessing, classNames }: DescribedModel,
  layerNames: readonly (string | undefined)[],
): string {
  const { inputShape, classCount, layers } = model;
  const { height, width, channels } = inputShape;
  const { scale, mean, std, channelOrder, output } = preprocessing;
  const usual = defaultPreprocessing({ channels, endsInSoftmax: endsInSoftmax(model) });
  const isDefault = preprocessingDigest(usual) === preprocessingDigest(preprocessing);
  const description = {
    architecture: layers.map((layer, position) =>
      layerOf(specOf(layer), position, layerNames[position]),
    ),
    input: { height, width, channels },
    classes: classNames ?? classCount,
    ...(isDefault
      ? {}
      : { preprocessing: { scale, mean, std, channel_order: channelOrder, output } }),
  };
  // Long lines, and no references where two layers are alike: readers refuse them.
  return stringify(description, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** What is PyTorch's default is left out, as people do. */
function layerOf(spec: LayerSpec, position: number, layerName: string | undefined): unknown {
  const name = layerName === String(position) || layerName === undefined ? {} : { name: layerName };
  switch (spec.kind) {
    case 'conv2d': {
      const { inputs, outputs, kernel, strides, bias } = spec;
      const stride = strides.every((size) => size === 1) ? {} : { stride: short(strides) };
      const window = { kernel: short(kernel), ...stride, ...paddingOf(spec, position) };
      return line('conv2d', { ...name, in: inputs, out: outputs, ...window, ...biasOf(bias) });
    }
    case 'batchNorm2d':
      return line('batchnorm2d', { ...name, channels: spec.channels, eps: spec.epsilon });
    case 'maxPool2d':
      return line('maxpool2d', poolOf(spec, position));
    case 'avgPool2d': {
      const { countIncludePad } = spec;
      const counted = countIncludePad ? {} : { count_include_pad: false };
      return line('avgpool2d', { ...poolOf(spec, position), ...counted });
    }
    case 'globalAvgPool2d':
      return 'global_avg_pool2d';
    case 'dense': {
      const { inputs, outputs, bias } = spec;
      return line('linear', { ...name, in: inputs, out: outputs, ...biasOf(bias) });
    }
    case 'dropout':
      return { dropout: spec.rate };
    case 'relu':
    case 'flatten':
    case 'softmax':
      return spec.kind;
  }
}

/** The fields in braces behind the kind. */
function line(kind: string, fields: Record<string, unknown>): unknown {
  return { [kind]: new Document().createNode(fields, { flow: true }) };
}

function poolOf(spec: Extract<LayerSpec, { kind: 'maxPool2d' | 'avgPool2d' }>, position: number) {
  const { kernel, strides } = spec;
  const stride = strides.join() === kernel.join() ? {} : { stride: short(strides) };
  return { kernel: short(kernel), ...stride, ...paddingOf(spec, position) };
}

function biasOf(bias: boolean) {
  return bias ? {} : { bias };
}

function short([height, width]: HeightWidth): number | HeightWidth {
  return height === width ? height : [height, width];
}

/** nn.Conv2d and the pools pad both sides alike; only a convolution of stride 1 may be 'same'. */
function paddingOf(
  spec: Extract<LayerSpec, { padding: Padding }>,
  position: number,
): { padding?: number | HeightWidth | 'same' } {
  const { padding, kernel, strides } = spec;
  const { top, left, bottom, right } = padding;
  if (top === bottom && left === right) {
    return top + left === 0 ? {} : { padding: short([top, left]) };
  }
  const isSame =
    spec.kind === 'conv2d' &&
    strides.every((stride) => stride === 1) &&
    top === Math.floor((kernel[0] - 1) / 2) &&
    left === Math.floor((kernel[1] - 1) / 2) &&
    top + bottom === kernel[0] - 1 &&
    left + right === kernel[1] - 1;
  if (isSame) return { padding: 'same' };
  throw unwritableLayer(
    'a PyTorch layer',
    spec,
    position,
    `it pads ${top} rows above and ${bottom} below, ${left} columns left and ${right} right, and PyTorch ` +
      'pads both sides alike',
  );
}
