/** Follows an image through a chain of layers and checks that each layer can take what comes to it. */
import type { ImageShape } from '../../datasets/dataset';
import { UserError } from '../../errors';
import { quoted } from './checkpoint-invalid';
import type { AvgPool2dSpec, Conv2dSpec, LayerSpec, MaxPool2dSpec } from './layer-spec';
import { type SequentialLayer, type SequentialModel, specOf, wordsOf } from './sequential-model';

/** What flows between layers: an image, or a row of features. */
export type Flow = { kind: 'image'; shape: ImageShape } | { kind: 'features'; count: number };

/** 256 MiB of float32 for one image: far above real classifiers, far below what kills the process. */
const MAX_ACTIVATIONS = 2 ** 26;
/** Multiplications for one image; a vision transformer of 632 million weights takes 2e11. */
const MAX_OPERATIONS = 1e12;
const MAX_CLASSES = 65_535;

type Windowed = Conv2dSpec | MaxPool2dSpec | AvgPool2dSpec;

/**
 * @param position of the layer in its list, from 0, for messages
 * @throws UserError CHECKPOINT_LAYERS_MISMATCH naming the layer, what comes to it and what it needs
 */
export function flowThrough(spec: LayerSpec, input: Flow, position: number): Flow {
  const refuse = (needs: string): Error =>
    mismatch(`layer ${position} (${labelOf(spec)}) gets ${wordsOfFlow(input)}, but needs ${needs}`);
  const output = outputOf(spec, input, refuse);
  if (sizeOf(output) > MAX_ACTIVATIONS || operationsOf(spec, output) > MAX_OPERATIONS) {
    throw mismatch(
      `layer ${position} (${labelOf(spec)}) gives ${wordsOfFlow(output)}, more than can be computed: ` +
        `at most ${MAX_ACTIVATIONS} values and ${MAX_OPERATIONS} multiplications an image are allowed`,
    );
  }
  return output;
}

/**
 * @returns what comes out of each layer
 * @throws UserError CHECKPOINT_LAYERS_MISMATCH as flowThrough, or where the end is no row of class scores
 */
export function shapesThrough(inputShape: ImageShape, specs: readonly LayerSpec[]): Flow[] {
  let flow = { kind: 'image', shape: inputShape } as Flow;
  const flows: Flow[] = [];
  for (const [position, spec] of specs.entries()) {
    flow = flowThrough(spec, flow, position);
    flows.push(flow);
  }
  const softmax = specs.findIndex(({ kind }) => kind === 'softmax');
  if (softmax >= 0 && softmax < specs.length - 1) {
    throw mismatch(`layer ${softmax} (softmax) must be the last one`);
  }
  if (flow.kind !== 'features' || flow.count < 2 || flow.count > MAX_CLASSES) {
    throw mismatch(
      `it ends in ${wordsOfFlow(flow)}; a classifier ends in one row of 2 to ${MAX_CLASSES} class scores`,
    );
  }
  return flows;
}

/** A model of layers that fit, or the refusal of shapesThrough. */
export function sequentialModel(
  inputShape: ImageShape,
  layers: readonly SequentialLayer[],
): SequentialModel {
  const last = shapesThrough(inputShape, layers.map(specOf)).at(-1);
  return { inputShape, classCount: last?.kind === 'features' ? last.count : 0, layers };
}

function outputOf(spec: LayerSpec, input: Flow, refuse: (needs: string) => Error): Flow {
  switch (spec.kind) {
    case 'relu':
    case 'dropout':
      return input;
    case 'flatten':
      return { kind: 'features', count: sizeOf(input) };
    case 'softmax':
      if (input.kind !== 'features') throw refuse('a row of class scores');
      return input;
    case 'dense':
      if (input.kind !== 'features' || input.count !== spec.inputs) {
        throw refuse(
          `a row of ${spec.inputs} features${input.kind === 'image' ? ': flatten the image before it' : ''}`,
        );
      }
      return { kind: 'features', count: spec.outputs };
    default:
      if (input.kind !== 'image') throw refuse('an image, before it is flattened');
      return { kind: 'image', shape: imageOf(spec, input.shape, refuse) };
  }
}

function imageOf(
  spec: Exclude<LayerSpec, { kind: 'relu' | 'dropout' | 'flatten' | 'softmax' | 'dense' }>,
  input: ImageShape,
  refuse: (needs: string) => Error,
): ImageShape {
  if (spec.kind === 'globalAvgPool2d') return { height: 1, width: 1, channels: input.channels };
  if (spec.kind === 'batchNorm2d') {
    if (input.channels !== spec.channels) throw refuse(`${spec.channels} channels`);
    return input;
  }
  if (spec.kind === 'conv2d' && input.channels !== spec.inputs) {
    throw refuse(`${spec.inputs} channels`);
  }
  const { kernel, strides, padding } = spec;
  const rows = input.height + padding.top + padding.bottom;
  const columns = input.width + padding.left + padding.right;
  if (rows < kernel[0] || columns < kernel[1]) {
    throw refuse(`at least ${kernel.join('×')} pixels with its padding`);
  }
  return {
    height: Math.floor((rows - kernel[0]) / strides[0]) + 1,
    width: Math.floor((columns - kernel[1]) / strides[1]) + 1,
    channels: spec.kind === 'conv2d' ? spec.outputs : input.channels,
  };
}

function operationsOf(spec: LayerSpec, output: Flow): number {
  if (!isWindowed(spec)) return 0;
  const area = spec.kernel[0] * spec.kernel[1];
  return sizeOf(output) * area * (spec.kind === 'conv2d' ? spec.inputs : 1);
}

function isWindowed(spec: LayerSpec): spec is Windowed {
  return 'kernel' in spec;
}

function sizeOf(flow: Flow): number {
  if (flow.kind === 'features') return flow.count;
  return flow.shape.height * flow.shape.width * flow.shape.channels;
}

function labelOf(spec: LayerSpec): string {
  return 'name' in spec && spec.name !== ''
    ? `${wordsOf(spec)}, ${quoted(spec.name)}`
    : wordsOf(spec);
}

function wordsOfFlow(flow: Flow): string {
  if (flow.kind === 'features') return `a row of ${flow.count} features`;
  const { height, width, channels } = flow.shape;
  return `an image of ${height}×${width} with ${channels} channel${channels === 1 ? '' : 's'}`;
}

function mismatch(found: string): UserError {
  return new UserError(
    'CHECKPOINT_LAYERS_MISMATCH',
    `The checkpoint's layers do not fit together: ${found}.`,
  );
}
