/** Holds an ONNX graph against what an image classifier is: one image input, one output of K scores. */
import type { ImageShape } from '../../../datasets/dataset';
import type { UserError } from '../../../errors';
import { checkpointInvalid, quoted } from '../checkpoint-invalid';
import { DATA_TYPE } from './onnx-schema';
import { CHANNELS_DENOTATION, type OnnxValue } from './onnx-value';
import type { OnnxGraph } from './read-onnx';

const MAX_FIXED_BATCH = 4096;
/** As in all other formats. */
const MAX_IMAGE_SIDE = 8192;
/** 256 MiB of float32 for one batch of a fixed size. */
const MAX_INPUT_VALUES = 2 ** 26;
const MAX_CLASSES = 65_535;
/** As in all other formats. */
const MAX_CHANNELS = 4;
/** Inputs or outputs that a message names. */
const MAX_SHOWN = 4;

export interface OnnxContract {
  inputName: string;
  outputName: string;
  layout: 'NCHW' | 'NHWC';
  /** Undefined: any number of images at once. */
  fixedBatch: number | undefined;
  inputShape: ImageShape;
  classCount: number;
  /** The file itself says that probabilities come out. */
  endsInSoftmax: boolean;
}

/** @throws UserError ONNX_NOT_A_CLASSIFIER, ONNX_LAYOUT_AMBIGUOUS, saying what was found */
export function contractOf(graph: OnnxGraph): OnnxContract {
  const input = theOnly(graph.inputs, 'input');
  const output = theOnly(graph.outputs, 'output');
  const { layout, batch, inputShape } = imageInput(input);
  const [outputBatch, classCount] = output.dims ?? [];
  if (
    output.elementType !== DATA_TYPE.float ||
    output.dims?.length !== 2 ||
    classCount === undefined ||
    classCount < 2 ||
    classCount > MAX_CLASSES ||
    (batch !== undefined && outputBatch !== undefined && batch !== outputBatch) ||
    !fitsMemory(outputBatch, inputShape)
  ) {
    throw noClassifier(
      `the output must be float32 scores [batch, classes] with a fixed number of classes, not ${words(output)}`,
    );
  }
  return {
    inputName: input.name,
    outputName: output.name,
    layout,
    // Either side may fix it: a graph with a free input can still reshape to a fixed output.
    fixedBatch: batch ?? outputBatch,
    inputShape,
    classCount,
    endsInSoftmax: isSoftmax(graph, output.name),
  };
}

/** Whether a Softmax gives the output, perhaps through nodes that hand it on as it is. */
function isSoftmax({ nodes }: OnnxGraph, output: string): boolean {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node])));
  let maker = makers.get(output);
  for (let hop = 0; maker?.opType === 'Identity' && hop < nodes.length; hop++) {
    maker = makers.get(maker.inputs[0] ?? '');
  }
  return maker?.opType === 'Softmax';
}

function noClassifier(found: string): UserError {
  return checkpointInvalid(found, { code: 'ONNX_NOT_A_CLASSIFIER' });
}

function theOnly(values: readonly OnnxValue[], side: 'input' | 'output'): OnnxValue {
  const [value] = values;
  if (value !== undefined && values.length === 1) return value;
  const more = values.length > MAX_SHOWN ? ['…'] : [];
  const found = [...values.slice(0, MAX_SHOWN).map(words), ...more].join(', ');
  throw noClassifier(
    `a classifier has one ${side}, not ${values.length}${found === '' ? '' : ` (${found})`}`,
  );
}

function imageInput(input: OnnxValue): {
  layout: 'NCHW' | 'NHWC';
  batch: number | undefined;
  inputShape: ImageShape;
} {
  const [batch, a, b, c] = input.dims ?? [];
  const refusal = noClassifier(
    'the input must be float32 images, [batch, channels, height, width] or [batch, height, width, ' +
      `channels], with 1 or 3 channels and only the batch free, not ${words(input)}; other numbers up to ` +
      `${MAX_CHANNELS} are read where the file denotes their dimension as ${CHANNELS_DENOTATION}`,
  );
  if (input.elementType !== DATA_TYPE.float || input.dims?.length !== 4) throw refusal;
  if (a === undefined || b === undefined || c === undefined) throw refusal;
  if (!fitsMemory(batch, { height: a, width: b, channels: c })) throw refusal;
  const layout = layoutOf(input, a, c);
  if (layout === undefined) throw refusal;
  return layout === 'NCHW'
    ? { layout, batch, inputShape: { height: b, width: c, channels: a } }
    : { layout, batch, inputShape: { height: a, width: b, channels: c } };
}

/**
 * What the file denotes goes first. Else the sizes must leave no doubt: a model that is given its channels in the
 * wrong order still answers, and every figure is wrong.
 *
 * @param first size of the axis after the batch
 * @param last size of the last axis
 * @returns undefined where neither end can be channels
 * @throws UserError ONNX_LAYOUT_AMBIGUOUS
 */
function layoutOf(input: OnnxValue, first: number, last: number): 'NCHW' | 'NHWC' | undefined {
  const [denoted, ...more] = input.channelAxes;
  if (denoted !== undefined) {
    const size = denoted === 1 ? first : last;
    if (more.length > 0 || ![1, 3].includes(denoted) || size > MAX_CHANNELS) return undefined;
    return denoted === 1 ? 'NCHW' : 'NHWC';
  }
  if (isChannels(first) && !isChannels(last)) return 'NCHW';
  // Two or four on the first axis may be channels too, of images with one or three columns.
  if (isChannels(last) && first > MAX_CHANNELS) return 'NHWC';
  if (!isChannels(last)) return undefined;
  throw checkpointInvalid(
    `the channels of the input ${words(input)} may come first or last; say which, as in ` +
      `model.graph.input[0].type.tensor_type.shape.dim[1].denotation = '${CHANNELS_DENOTATION}'`,
    { code: 'ONNX_LAYOUT_AMBIGUOUS' },
  );
}

function fitsMemory(batch = 1, { height, width, channels }: ImageShape): boolean {
  return (
    batch <= MAX_FIXED_BATCH &&
    Math.max(height, width, channels) <= MAX_IMAGE_SIDE &&
    batch * height * width * channels <= MAX_INPUT_VALUES
  );
}

function isChannels(size: number): boolean {
  return size === 1 || size === 3;
}

function words({ name, elementType, dims }: OnnxValue): string {
  const type = elementType === DATA_TYPE.float ? 'float32' : `element type ${elementType}`;
  const shape = dims?.slice(0, 8).map((size) => size ?? '?');
  return `${quoted(name)} (${type}, ${shape ? `[${shape.join(', ')}]` : 'no shape'})`;
}
