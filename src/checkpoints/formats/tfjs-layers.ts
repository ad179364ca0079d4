/** A tfjs Sequential layers model as a SequentialModel: weights turned from TensorFlow's layout to PyTorch's. */
import type { ImageShape } from '../../datasets/dataset';
import type { CheckpointFiles } from './checkpoint-files';
import { checkpointInvalid, quoted } from './checkpoint-invalid';
import { type HeightWidth, NO_PADDING, type Padding } from './layer-spec';
import { type Flow, flowThrough, sequentialModel } from './model-shapes';
import { samePadding } from './same-padding';
import { type SequentialLayer, type SequentialModel, specOf } from './sequential-model';
import type { PaddingMode, TfjsLayer } from './tfjs-layer-config';
import { MODEL_FILE, parseModelJson } from './tfjs-manifest';
import { parseTopology } from './tfjs-topology';
import { denseToOutIn, kernelToOihw, WeightTable } from './tfjs-weights';

/** What comes to a layer, and the image whose flattening its features still follow. */
interface Position {
  flow: Flow;
  flattened: ImageShape | undefined;
  /** Zeros that a layer before has put around the image, which is still without them here. */
  zeros: Padding | undefined;
  /** Whether nothing that comes can be below 0. */
  nonNegative: boolean;
}

/**
 * Conv kernels HWIO → OIHW, dense kernels [in, out] → [out, in]. tfjs flattens height-width-channels and
 * PyTorch channels-height-width, so the inputs of the first dense layer after a flatten are permuted.
 *
 * @throws UserError CHECKPOINT_LAYERS_MISMATCH, CHECKPOINT_INVALID; missing, unexpected and wrongly shaped
 *   weights are listed all at once
 */
export function readTfjsLayers({ files }: CheckpointFiles): SequentialModel {
  return modelOf(files.get(MODEL_FILE) ?? new Uint8Array(), files);
}

/**
 * The same model with weights that have shapes and no values, from model.json alone.
 *
 * @throws UserError as readTfjsLayers, but for what is wrong with weight files
 */
export function readTfjsLayersIndex(modelJson: Uint8Array): SequentialModel {
  return modelOf(modelJson, undefined);
}

function modelOf(
  modelJson: Uint8Array,
  files: ReadonlyMap<string, Uint8Array> | undefined,
): SequentialModel {
  const { topology, groups } = parseModelJson(modelJson);
  const { inputShape, layers: specs } = parseTopology(topology);
  const weights = new WeightTable(groups, files);
  const layers: SequentialLayer[] = [];
  let at: Position = {
    flow: { kind: 'image', shape: inputShape },
    flattened: undefined,
    zeros: undefined,
    nonNegative: false,
  };
  for (const [position, spec] of specs.entries()) {
    if (at.zeros !== undefined && !('kernel' in spec && spec.padding === 'valid')) {
      throw checkpointInvalid(
        `a ZeroPadding2D layer comes before layer ${position} (${spec.kind}); it must come right before a ` +
          'Conv2D or a pool without padding of its own',
      );
    }
    if (spec.kind === 'zeroPadding2d') {
      imageIn(at.flow);
      at = { ...at, zeros: spec.padding };
      continue;
    }
    const layer = layerOf(spec, at, weights);
    const flow = flowThrough(specOf(layer), at.flow, position);
    layers.push(layer);
    const nonNegative = spec.kind === 'relu' || (at.nonNegative && !('name' in spec));
    at = { flow, flattened: flattenedBy(spec, at), zeros: undefined, nonNegative };
  }
  weights.throwIfWrong();
  if (at.flattened !== undefined) {
    throw checkpointInvalid(
      'the last layer must be a Dense one with one unit a class, at least two',
    );
  }
  return sequentialModel(inputShape, layers);
}

/** With one position or one channel both orders of flattening are the same. */
function flattenedBy(spec: TfjsLayer, { flow, flattened }: Position): ImageShape | undefined {
  if (spec.kind === 'dense') return undefined;
  if (spec.kind !== 'flatten' || flow.kind !== 'image') return flattened;
  const { height, width, channels } = flow.shape;
  return height * width > 1 && channels > 1 ? flow.shape : undefined;
}

function layerOf(
  spec: Exclude<TfjsLayer, { kind: 'zeroPadding2d' }>,
  { flow, flattened, zeros, nonNegative }: Position,
  weights: WeightTable,
): SequentialLayer {
  switch (spec.kind) {
    case 'conv2d': {
      const { kind, name, filters, kernel, strides } = spec;
      const { channels } = imageIn(flow);
      const weight = weights.take(`${name}/kernel`, [...kernel, channels, filters]);
      const bias = spec.useBias ? weights.take(`${name}/bias`, [filters]) : undefined;
      const padding = zeros ?? paddingOf(spec, imageIn(flow));
      return { kind, name, weight: kernelToOihw(weight), bias, strides, padding };
    }
    case 'batchNorm2d':
      return batchNorm(spec, imageIn(flow).channels, weights);
    case 'maxPool2d':
    case 'avgPool2d': {
      const { kernel, strides } = spec;
      const window = { kernel, strides, padding: zeros ?? paddingOf(spec, imageIn(flow)) };
      if (spec.kind === 'avgPool2d') {
        return { kind: spec.kind, ...window, countIncludePad: zeros !== undefined };
      }
      if (zeros !== undefined) checkMaximum(kernel, zeros, nonNegative);
      return { kind: spec.kind, ...window };
    }
    case 'dense': {
      if (flow.kind !== 'features') {
        throw checkpointInvalid(`the Dense layer ${quoted(spec.name)} needs a Flatten before it`);
      }
      const { kind, name, units } = spec;
      const kernel = weights.take(`${name}/kernel`, [flow.count, units]);
      const bias = spec.useBias ? weights.take(`${name}/bias`, [units]) : undefined;
      return { kind, name, weight: denseToOutIn(kernel, flattened), bias };
    }
    default:
      return spec;
  }
}

function batchNorm(
  { kind, name, epsilon, scale, center }: Extract<TfjsLayer, { kind: 'batchNorm2d' }>,
  channels: number,
  weights: WeightTable,
): SequentialLayer {
  const take = (part: string) => weights.take(`${name}/${part}`, [channels]);
  const filled = (value: number) => ({
    shape: [channels],
    data: new Float32Array(channels).fill(value),
  });
  return {
    kind,
    name,
    weight: scale ? take('gamma') : filled(1),
    bias: center ? take('beta') : filled(0),
    runningMean: take('moving_mean'),
    runningVar: take('moving_variance'),
    epsilon,
  };
}

/** A max-pool here is padded with −∞, which gives what zeros give where nothing is below 0 and no window sees padding alone. */
function checkMaximum([height, width]: HeightWidth, zeros: Padding, nonNegative: boolean): void {
  const { top, left, bottom, right } = zeros;
  if (nonNegative && Math.max(top, bottom) < height && Math.max(left, right) < width) return;
  throw checkpointInvalid(
    'a ZeroPadding2D layer comes before a MaxPooling2D layer; that is supported right after a ReLU only, ' +
      'with less padding than the pool is large',
  );
}

function imageIn(flow: Flow): ImageShape {
  if (flow.kind === 'image') return flow.shape;
  throw checkpointInvalid('a convolution, norm or pool comes after the image has been flattened');
}

function paddingOf(
  { kernel, strides, padding }: { kernel: HeightWidth; strides: HeightWidth; padding: PaddingMode },
  input: ImageShape,
): Padding {
  if (padding === 'valid') return NO_PADDING;
  const [top, bottom] = samePadding(input.height, kernel[0], strides[0]);
  const [left, right] = samePadding(input.width, kernel[1], strides[1]);
  return { top, left, bottom, right };
}
