/** A tfjs Sequential layers model as a SequentialModel: weights turned from TensorFlow's layout to PyTorch's. */
import type { ImageShape } from '../../datasets/dataset';
import type { CheckpointFiles } from './checkpoint-files';
import { checkpointInvalid, quoted } from './checkpoint-invalid';
import { isWhole } from './json-value';
import type { HeightWidth, Padding, SequentialLayer, SequentialModel } from './sequential-model';
import { MODEL_FILE, parseModelJson } from './tfjs-manifest';
import { type LayerSpec, type PaddingMode, parseTopology } from './tfjs-topology';
import { denseToOutIn, kernelToOihw, WeightTable } from './tfjs-weights';

/** 256 MiB of float32 for one image: far above real classifiers, far below what kills the process. */
const MAX_ACTIVATIONS = 2 ** 26;

/** What flows between layers: an image (height, width, channels) or a row of features. */
type Flow =
  | { kind: 'image'; shape: ImageShape }
  /** `image`: the image whose flattening the features still follow. */
  | { kind: 'features'; count: number; image: ImageShape | undefined };

/**
 * Conv kernels HWIO → OIHW, dense kernels [in, out] → [out, in]. tfjs flattens height-width-channels and
 * PyTorch channels-height-width, so the inputs of the first dense layer after a flatten are permuted.
 *
 * @throws UserError CHECKPOINT_INVALID; missing, unexpected and wrongly shaped weights are listed all at once
 */
export function readTfjsLayers(checkpoint: CheckpointFiles): SequentialModel {
  const { topology, groups } = parseModelJson(checkpoint.files.get(MODEL_FILE) ?? new Uint8Array());
  const { inputShape, layers: specs } = parseTopology(topology);
  const weights = new WeightTable(groups, checkpoint.files);
  let flow: Flow = { kind: 'image', shape: inputShape };
  const layers: SequentialLayer[] = [];
  for (const spec of specs) {
    const step = takeStep(spec, flow, weights);
    layers.push(step.layer);
    flow = step.flow;
    checkSize(flow);
  }
  weights.throwIfWrong();
  if (flow.kind !== 'features' || flow.image !== undefined || !isWhole(flow.count, 2, 65_535)) {
    throw checkpointInvalid(
      'the last layer must be a Dense one with one unit a class, at least two',
    );
  }
  return { inputShape, classCount: flow.count, layers };
}

function takeStep(
  spec: LayerSpec,
  flow: Flow,
  weights: WeightTable,
): { layer: SequentialLayer; flow: Flow } {
  switch (spec.kind) {
    case 'relu':
    case 'dropout':
      return { layer: spec, flow };
    case 'flatten':
      return { layer: spec, flow: flatten(flow) };
    case 'dense':
      return dense(spec, flow, weights);
    case 'conv2d':
    case 'maxPool2d': {
      if (flow.kind !== 'image') {
        throw checkpointInvalid('a convolution or pool comes after the image has been flattened');
      }
      return spec.kind === 'conv2d' ? conv(spec, flow.shape, weights) : pool(spec, flow.shape);
    }
  }
}

function flatten(flow: Flow): Flow {
  if (flow.kind === 'features') return flow;
  const { height, width, channels } = flow.shape;
  // With one position or one channel both orders are the same.
  const reordered = height * width > 1 && channels > 1;
  return {
    kind: 'features',
    count: height * width * channels,
    image: reordered ? flow.shape : undefined,
  };
}

function dense(
  spec: Extract<LayerSpec, { kind: 'dense' }>,
  flow: Flow,
  weights: WeightTable,
): { layer: SequentialLayer; flow: Flow } {
  if (flow.kind !== 'features') {
    throw checkpointInvalid(`the Dense layer ${quoted(spec.name)} needs a Flatten before it`);
  }
  const kernel = weights.take(`${spec.name}/kernel`, [flow.count, spec.units]);
  const bias = spec.useBias ? weights.take(`${spec.name}/bias`, [spec.units]) : undefined;
  return {
    layer: { kind: 'dense', name: spec.name, weight: denseToOutIn(kernel, flow.image), bias },
    flow: { kind: 'features', count: spec.units, image: undefined },
  };
}

function conv(
  spec: Extract<LayerSpec, { kind: 'conv2d' }>,
  input: ImageShape,
  weights: WeightTable,
): { layer: SequentialLayer; flow: Flow } {
  const { name, filters, kernel, strides } = spec;
  const weight = weights.take(`${name}/kernel`, [...kernel, input.channels, filters]);
  const bias = spec.useBias ? weights.take(`${name}/bias`, [filters]) : undefined;
  const { padding, output } = slide(input, kernel, strides, spec.padding);
  return {
    layer: { kind: 'conv2d', name, weight: kernelToOihw(weight), bias, strides, padding },
    flow: { kind: 'image', shape: { ...output, channels: filters } },
  };
}

function pool(
  spec: Extract<LayerSpec, { kind: 'maxPool2d' }>,
  input: ImageShape,
): { layer: SequentialLayer; flow: Flow } {
  const { kernel, strides } = spec;
  const { padding, output } = slide(input, kernel, strides, spec.padding);
  return {
    layer: { kind: 'maxPool2d', kernel, strides, padding },
    flow: { kind: 'image', shape: { ...output, channels: input.channels } },
  };
}

function slide(
  input: ImageShape,
  kernel: HeightWidth,
  strides: HeightWidth,
  mode: PaddingMode,
): { padding: Padding; output: { height: number; width: number } } {
  const [height, top, bottom] = slideAxis(input.height, kernel[0], strides[0], mode);
  const [width, left, right] = slideAxis(input.width, kernel[1], strides[1], mode);
  return { padding: { top, left, bottom, right }, output: { height, width } };
}

/**
 * Output size and padding before and after along one axis. 'same': ⌈size / stride⌉ positions, what is
 * missing for them padded, the odd one after. Source: the notes on padding of tf.nn.convolution.
 */
function slideAxis(
  size: number,
  kernel: number,
  stride: number,
  mode: PaddingMode,
): [output: number, before: number, after: number] {
  if (mode === 'valid') {
    if (kernel > size) throw checkpointInvalid(`a window of ${kernel} slides over only ${size}`);
    return [Math.floor((size - kernel) / stride) + 1, 0, 0];
  }
  const output = Math.ceil(size / stride);
  const missing = Math.max((output - 1) * stride + kernel - size, 0);
  const before = Math.floor(missing / 2);
  return [output, before, missing - before];
}

function checkSize(flow: Flow): void {
  const size =
    flow.kind === 'features'
      ? flow.count
      : flow.shape.height * flow.shape.width * flow.shape.channels;
  if (size > MAX_ACTIVATIONS) {
    throw checkpointInvalid(
      `a layer gives ${size} values an image; at most ${MAX_ACTIVATIONS} are allowed`,
    );
  }
}
