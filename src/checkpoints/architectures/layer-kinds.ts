/** The layers that a description may name, each with its fields and PyTorch's defaults. */
import { isJsonObject } from '../formats/json-value';
import type { HeightWidth, LayerSpec, Padding } from '../formats/layer-spec';
import { ANY_CHANNELS } from './architecture';
import { FieldReader, shown } from './field-reader';

const MAX_CHANNELS = 65_536;
const MAX_FEATURES = 2 ** 26;
const MAX_SIDE = 1024;
/** Names in PyTorch are attributes joined by dots. */
const TENSOR_NAME = /^\w+(\.\w+){0,15}$/;

/** @param name what the layer's tensors are called before `.weight`, unless the fields say otherwise */
type ReadLayer = (fields: FieldReader, name: string) => LayerSpec;

const KINDS: ReadonlyMap<string, ReadLayer> = new Map<string, ReadLayer>([
  ['conv2d', readConv],
  [
    'batchnorm2d',
    (fields, name) => ({
      kind: 'batchNorm2d',
      name: nameOf(fields, name),
      channels: fields.whole('channels', 1, MAX_CHANNELS, ANY_CHANNELS),
      epsilon: fields.number('eps', 0, 1, 1e-5),
    }),
  ],
  ['relu', () => ({ kind: 'relu' })],
  ['maxpool2d', (fields) => ({ kind: 'maxPool2d', ...readPool(fields) })],
  [
    'avgpool2d',
    (fields) => ({
      kind: 'avgPool2d',
      ...readPool(fields),
      countIncludePad: fields.flag('count_include_pad', true),
    }),
  ],
  ['global_avg_pool2d', () => ({ kind: 'globalAvgPool2d' })],
  ['dropout', (fields) => ({ kind: 'dropout', rate: fields.number('p', 0, 1, 0.5) })],
  ['flatten', () => ({ kind: 'flatten' })],
  [
    'linear',
    (fields, name) => ({
      kind: 'dense',
      name: nameOf(fields, name),
      inputs: fields.whole('in', 1, MAX_FEATURES),
      outputs: fields.whole('out', 1, MAX_FEATURES),
      bias: fields.flag('bias', true),
    }),
  ],
  ['softmax', () => ({ kind: 'softmax' })],
]);

/** The field that a bare number stands for, as in `maxpool2d: 2`. */
const SHORT: ReadonlyMap<string, string> = new Map([
  ['batchnorm2d', 'channels'],
  ['maxpool2d', 'kernel'],
  ['avgpool2d', 'kernel'],
  ['dropout', 'p'],
]);

/**
 * @param entry `relu`, or a mapping of one kind to its fields such as `conv2d: { in: 1, out: 8, kernel: 3 }`
 * @returns undefined where no kind could be told; what is wrong is among the problems
 */
export function readLayer(
  entry: unknown,
  position: number,
  problems: string[],
): LayerSpec | undefined {
  const path = `architecture[${position}]`;
  const keys = isJsonObject(entry) ? Object.keys(entry) : [entry];
  const [kind] = keys;
  const read = typeof kind === 'string' && keys.length === 1 ? KINDS.get(kind) : undefined;
  if (typeof kind !== 'string' || read === undefined) {
    const found = keys.length === 1 ? shown(kind) : `a mapping of ${keys.length}`;
    problems.push(`${path} must be one of ${[...KINDS.keys()].join(', ')}; not ${found}`);
    return undefined;
  }
  const given = isJsonObject(entry) ? entry[kind] : undefined;
  const short = SHORT.get(kind);
  const fields = new FieldReader(
    `${path}.${kind}`,
    typeof given === 'number' && short !== undefined ? { [short]: given } : (given ?? {}),
    problems,
  );
  const spec = read(fields, String(position));
  fields.refuseOthers();
  return spec;
}

function readConv(fields: FieldReader, name: string): LayerSpec {
  const inputs = fields.whole('in', 1, MAX_CHANNELS);
  const outputs = fields.whole('out', 1, MAX_CHANNELS);
  const kernel = fields.pair('kernel', 1, MAX_SIDE);
  const strides = fields.pair('stride', 1, MAX_SIDE, [1, 1]);
  const padding =
    fields.value('padding') === 'same'
      ? samePadding(fields, kernel, strides)
      : around(fields.pair('padding', 0, MAX_SIDE, [0, 0]));
  for (const key of ['dilation', 'groups']) {
    if (fields.has(key) && fields.value(key) !== 1) fields.refuse(key, 'can only be 1');
  }
  return {
    kind: 'conv2d',
    name: nameOf(fields, name),
    inputs,
    outputs,
    kernel,
    strides,
    padding,
    bias: fields.flag('bias', true),
  };
}

function readPool(fields: FieldReader) {
  const kernel = fields.pair('kernel', 1, MAX_SIDE);
  // A pool moves by its own size unless it is told otherwise.
  const strides = fields.pair('stride', 1, MAX_SIDE, kernel);
  const padding = fields.pair('padding', 0, MAX_SIDE, [0, 0]);
  // PyTorch's own rule: a window that sees padding alone has no maximum.
  if (padding[0] > kernel[0] / 2 || padding[1] > kernel[1] / 2) {
    fields.refuse('padding', 'must be at most half of the kernel');
  }
  return { kernel, strides, padding: around(padding) };
}

/** PyTorch's padding='same': the size stays, the odd row and column comes after. */
function samePadding(fields: FieldReader, kernel: HeightWidth, strides: HeightWidth): Padding {
  if (strides.some((stride) => stride !== 1)) {
    fields.refuse('padding', 'can only be "same" with stride 1: give it as a number');
  }
  const [top, left] = kernel.map((size) => Math.floor((size - 1) / 2)) as [number, number];
  return { top, left, bottom: kernel[0] - 1 - top, right: kernel[1] - 1 - left };
}

function around([height, width]: HeightWidth): Padding {
  return { top: height, left: width, bottom: height, right: width };
}

function nameOf(fields: FieldReader, fallback: string): string {
  const name = fields.value('name');
  if (name === undefined) return fallback;
  if (typeof name === 'string' && name.length <= 200 && TENSOR_NAME.test(name)) return name;
  fields.refuse('name', 'must be what the tensors are called before ".weight", such as features.0');
  return fallback;
}
