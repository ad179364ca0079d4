/** Mutations of ONNX files: protobuf that is valid around broken dims, nodes and nested graphs, or invalid itself. */
import type { Mutator } from '../fuzz-file';
import type { SeededRandom } from '../seeded-random';
import { mutateBytes, NUMBERS, splice } from './bytes';
import {
  messagesIn,
  parseMessage,
  type ProtoField,
  type ProtoSchema,
  type Wire,
  writeMessage,
} from './protobuf-tree';

type Kind = keyof typeof ONNX;

/** The messages of onnx.proto3 that say something about a graph. */
const ONNX = {
  model: { 7: 'graph', 8: 'opset', 20: 'training', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor', 11: 'value', 12: 'value', 13: 'value', 15: 'sparse' },
  node: { 5: 'attribute' },
  attribute: {
    5: 'tensor',
    6: 'graph',
    10: 'tensor',
    11: 'graph',
    22: 'sparse',
    23: 'sparse',
  },
  tensor: { 13: 'entry' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  function: { 7: 'node', 11: 'attribute' },
  training: { 1: 'graph', 2: 'graph' },
  value: { 2: 'type' },
  type: { 1: 'tensorType' },
  tensorType: { 2: 'shape' },
  shape: { 1: 'dimension' },
  dimension: {},
  opset: {},
  entry: {},
} as const;
const SCHEMA: ProtoSchema<Kind> = ONNX;

/** A flood in a flood would be a test of the fuzzer alone. */
const FLOOD_BYTES = 100_000;
const WORDS = [
  'Conv',
  'Gemm',
  'Relu',
  'Softmax',
  'Flatten',
  'MaxPool',
  'AveragePool',
  'BatchNormalization',
  'Dropout',
  'Identity',
  'Loop',
  'If',
  'Scan',
  'Constant',
  'images',
  'logits',
  'axis',
  'pads',
  'strides',
  'kernel_shape',
  'group',
  'ai.onnx.ml',
  'com.microsoft',
  '../../etc/passwd',
  '\u001b[2J',
  '',
];

export const ONNX_MUTATORS: Readonly<Record<string, Mutator>> = {
  bytes: mutateBytes,
  splice: (base, random, others) => splice(base, random, random.pick(others)),
  numbers: onTree((root, random) => {
    const numbers = fieldsIn(root).filter(({ value }) => typeof value === 'bigint');
    if (numbers.length === 0) return;
    const field = random.pick(numbers);
    const near = [1n, -1n, 7n].map((step) => (field.value as bigint) + step);
    field.value = random.pick([...near, ...NUMBERS, BigInt(random.size(2 ** 30))]);
  }),
  texts: onTree((root, random) => {
    const texts = fieldsIn(root).filter(({ value }) => Buffer.isBuffer(value));
    if (texts.length === 0) return;
    const field = random.pick(texts);
    const own = Buffer.from(field.value as Buffer);
    const words = [Buffer.from(random.pick(WORDS)), random.pick(texts).value as Buffer];
    field.value = random.pick([...words, mutateBytes(own, random)]);
  }),
  fields: onTree(mutateField),
  wires: onTree((root, random) => {
    const field = random.pick(fieldsIn(root));
    if (random.oneIn(2)) field.wire = random.below(8) as Wire;
    else if (random.oneIn(2)) field.padding = 1 + random.below(12);
    else field.saidLength = random.pick([...NUMBERS, BigInt(random.below(10_000))]);
  }),
  graphs: onTree(mutateGraphs),
  flood: onTree((root, random) => {
    const message = random.pick(messagesIn(root));
    const field = message.length > 0 ? random.pick(message) : undefined;
    if (field === undefined) return;
    const times = Math.floor(FLOOD_BYTES / writeMessage([field]).length);
    message.push(...new Array<ProtoField>(Math.min(random.size(20_000), times)).fill(field));
  }, 1),
};

function onTree(
  change: (root: ProtoField[], random: SeededRandom) => void,
  mostTimes = 3,
): Mutator {
  return (base, random) => {
    const root = parseMessage(base, 'model', SCHEMA);
    for (let times = 1 + random.below(mostTimes); times > 0; times--) change(root, random);
    return writeMessage(root);
  };
}

function fieldsIn(root: ProtoField[]): ProtoField[] {
  return messagesIn(root).flat();
}

function mutateField(root: ProtoField[], random: SeededRandom): void {
  const messages = messagesIn(root).filter((message) => message.length > 0);
  const message = random.pick(messages);
  const at = random.below(message.length);
  const [field] = message.slice(at);
  if (field === undefined) return;
  switch (random.below(6)) {
    case 0:
      field.number = random.pick([0, 1, 2, 5, 7, 8, 9, 11, 13, 14, 15, 20, 25, 2 ** 29 - 1]);
      break;
    case 1:
      message.splice(at, 1);
      break;
    case 2:
      message.splice(at, 0, { ...field });
      break;
    case 3:
      // Into another message; a copy, or the tree would hold itself.
      random.pick(messages).push(copyOf(field));
      break;
    case 4:
      message.splice(random.below(message.length), 0, ...message.splice(at, 1));
      break;
    default: {
      const { value } = copyOf(random.pick(fieldsIn(root)));
      field.value = value;
    }
  }
}

function copyOf(field: ProtoField): ProtoField {
  const { value } = field;
  return { ...field, value: Array.isArray(value) ? value.map(copyOf) : value };
}

/** Graphs in graphs, and data that lies elsewhere, in all the places where a tensor may be. */
function mutateGraphs(root: ProtoField[], random: SeededRandom): void {
  const graph = root.find(({ number }) => number === 7)?.value;
  if (!Array.isArray(graph)) return;
  const message = (number: number, ...value: ProtoField[]): ProtoField => ({
    number,
    wire: 2,
    value,
  });
  const text = (number: number, value: string): ProtoField => ({
    number,
    wire: 2,
    value: Buffer.from(value),
  });
  const tensor: ProtoField[] = [
    { number: 1, wire: 0, value: random.pick(NUMBERS) },
    { number: 2, wire: 0, value: BigInt(random.below(20)) },
    text(8, 'w'),
    random.pick([
      message(13, text(1, 'location'), text(2, '../../etc/passwd')),
      { number: 14, wire: 0 as const, value: random.pick([0n, 1n, 2n]) },
      { number: 9, wire: 2 as const, value: random.bytes(random.below(64)) },
    ]),
  ];
  let nested = [message(5, ...tensor)];
  for (let depth = random.size(100); depth > 0; depth--) {
    nested = [message(1, text(4, random.pick(WORDS)), message(5, message(6, ...nested)))];
  }
  const places = [
    () => graph.push(...nested),
    () => graph.push(message(15, message(1, ...tensor), message(2, ...tensor))),
    () => root.push(message(25, message(7, message(5, message(10, ...tensor))))),
    () => root.push(message(20, message(random.pick([1, 2]), ...nested))),
    () => root.push(message(7, ...nested)),
    () => graph.push(message(1, message(5, message(22, message(1, ...tensor))))),
  ];
  random.pick(places)();
}
