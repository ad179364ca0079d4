/** An ONNX graph that is a chain of layers comes back as the model; any other is refused by its operator. */
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { readOnnxChain } from '../../../src/checkpoints/formats/onnx/onnx-chain';
import { GRAPH, MODEL, OPSET } from '../../../src/checkpoints/formats/onnx/onnx-schema';
import type { SequentialModel, Tensor } from '../../../src/checkpoints/formats/sequential-model';
import {
  type Attributes,
  integer,
  message,
  type NodeSpec,
  text,
  writeNode,
  writeTensor,
  writeValueInfo,
} from '../../../src/inference/onnx/onnx-encoder';
import { writeOnnx } from '../../../src/inference/onnx/write-onnx';
import { thrownBy } from '../inference/support/thrown-by';
import { everyLayer, pooledModel } from './models';

/** Names go: the graph's own say nothing. Dropout is not written. */
function plain(model: SequentialModel): SequentialModel {
  const layers = model.layers
    .filter(({ kind }) => kind !== 'dropout')
    .map((layer) => ('name' in layer ? { ...layer, name: '' } : layer));
  return { ...model, layers };
}

test.each([
  ['every layer', everyLayer()],
  ['a global pool and softmax', pooledModel()],
])('%s comes back from what our writer writes', (_what, model) => {
  const back = readOnnxChain(writeOnnx(model));
  const epsilon = Math.fround(1e-5);
  const layers = plain(model).layers.map((layer) =>
    layer.kind === 'batchNorm2d' ? { ...layer, epsilon } : layer,
  );
  expect(plain(back)).toEqual({ ...model, layers });
});

type Node = Partial<NodeSpec> & { opType: string; attributes?: Attributes };

function tensor(...shape: number[]): Tensor {
  const length = shape.reduce((product, size) => product * size, 1);
  return { shape, data: Float32Array.from({ length }, (_, i) => i) };
}

/** Nodes in a row on images of 4×4; where inputs are given, they follow the value before. */
function graphOf(nodes: readonly Node[], weights: Record<string, Tensor> = {}): Uint8Array {
  const writer = new BinaryWriter();
  integer(writer, MODEL.irVersion, 8);
  message(writer, MODEL.graph, () => {
    nodes.forEach((node, i) => {
      const value = i === 0 ? 'x' : `v${i}`;
      const output = i === nodes.length - 1 ? 'y' : `v${i + 1}`;
      message(writer, GRAPH.node, () => {
        const { opType, attributes = {} } = node;
        const inputs = [value, ...(node.inputs ?? [])];
        writeNode(writer, { name: '', attributes, opType, inputs, output: node.output ?? output });
      });
    });
    for (const [name, one] of Object.entries(weights)) {
      message(writer, GRAPH.initializer, () => {
        writeTensor(writer, name, one);
      });
    }
    message(writer, GRAPH.input, () => {
      writeValueInfo(writer, 'x', ['n', 1, 4, 4]);
    });
    message(writer, GRAPH.output, () => {
      writeValueInfo(writer, 'y', ['n', 16]);
    });
  });
  message(writer, MODEL.opsetImport, () => {
    text(writer, OPSET.domain, '');
    integer(writer, OPSET.version, 17);
  });
  return writer.finish();
}

const flat: Node = { opType: 'Flatten' };

test('a Gemm that does not turn its weights has them turned, and its names are taken from PyTorch’s', () => {
  const weights = { 'head.1.weight': tensor(16, 16), 'head.1.bias': tensor(16) };
  const gemm: Node = { opType: 'Gemm', inputs: Object.keys(weights) };
  const [, dense] = readOnnxChain(graphOf([flat, gemm], weights)).layers;
  if (dense?.kind !== 'dense') throw new Error('no dense layer');
  expect(dense.name).toBe('head.1');
  expect([...dense.weight.data.subarray(0, 3)]).toEqual([0, 16, 32]);
});

const conv = { 'c.weight': tensor(1, 1, 3, 3) };
const convNode = (attributes: Attributes, more: Partial<Node> = {}): Node => ({
  opType: 'Conv',
  inputs: ['c.weight'],
  attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], ...attributes },
  ...more,
});

const REFUSED: [what: string, bytes: Uint8Array, operator: string, reason: string][] = [
  [
    'an operator that no layer is',
    graphOf([{ opType: 'Sigmoid' }, flat]),
    'Sigmoid',
    'not one of the supported',
  ],
  ['a group', graphOf([convNode({ group: 2 }), flat], conv), 'Conv', 'grouped'],
  ['dilation', graphOf([convNode({ dilations: [2, 2] }), flat], conv), 'Conv', 'dilated'],
  [
    'another attribute',
    graphOf([convNode({ storage_order: 1 }), flat], conv),
    'Conv',
    '"storage_order"',
  ],
  [
    'a kernel that is said wrongly',
    graphOf([convNode({ kernel_shape: [5, 5] }), flat], conv),
    'Conv',
    'another shape',
  ],
  [
    'weights that are computed',
    graphOf([convNode({}, { inputs: ['x'] }), flat]),
    'Conv',
    'input 1 is no weight',
  ],
  [
    'negative padding',
    graphOf([convNode({ pads: [-1, 1, 1, 1] }), flat], conv),
    'Conv',
    'below its least',
  ],
  [
    'three dimensions',
    graphOf([convNode({ strides: [1, 1, 1] }), flat], conv),
    'Conv',
    'not over images',
  ],
  [
    'rounding up',
    graphOf([{ opType: 'MaxPool', attributes: { kernel_shape: [1, 1], ceil_mode: 1 } }, flat]),
    'MaxPool',
    'ceil_mode',
  ],
  ['no kernel', graphOf([{ opType: 'MaxPool' }, flat]), 'MaxPool', 'not over images'],
  [
    'a factor',
    graphOf([flat, { opType: 'Gemm', inputs: ['w'], attributes: { alpha: { float: 2 } } }], {
      w: tensor(16, 16),
    }),
    'Gemm',
    'alpha',
  ],
  [
    'a bias of two dimensions',
    graphOf([flat, { opType: 'Gemm', inputs: ['w', 'b'] }], {
      w: tensor(16, 16),
      b: tensor(1, 16),
    }),
    'Gemm',
    '1 dimensions',
  ],
  [
    'another axis',
    graphOf([{ opType: 'Flatten', attributes: { axis: 2 } }]),
    'Flatten',
    'another axis',
  ],
  [
    'a batch norm that trains',
    graphOf([{ opType: 'BatchNormalization', attributes: { training_mode: 1 } }, flat]),
    'BatchNormalization',
    'training',
  ],
  ['a branch', graphOf([{ opType: 'Relu', output: 'aside' }, flat]), 'Flatten', 'does not follow'],
];

test.each(REFUSED)('%s is refused by the operator’s name', (_what, bytes, operator, reason) => {
  const error = thrownBy(() => readOnnxChain(bytes));
  expect(error).toMatchObject({ code: 'CONVERT_OPERATION_UNSUPPORTED', details: { operator } });
  expect((error as Error).message).toContain(reason);
  expect((error as Error).message).toContain(JSON.stringify(operator));
});

test('a weight that has fewer values than its shape says is refused', () => {
  const short = { shape: [16, 16], data: new Float32Array(0) };
  const bytes = Buffer.from(graphOf([flat, { opType: 'Gemm', inputs: ['w'] }], { w: short }));
  // Without its empty raw_data (tag 74, no bytes), nothing but the shape speaks of the size.
  const at = bytes.indexOf(Buffer.from([74, 0]));
  bytes[at] = 0x50;
  expect(thrownBy(() => readOnnxChain(bytes))).toMatchObject({ code: 'ONNX_UNREADABLE' });
});

test('what is no ONNX model at all is refused as such', () => {
  expect(thrownBy(() => readOnnxChain(Buffer.from('not a model')))).toMatchObject({
    code: 'ONNX_UNREADABLE',
  });
  const whole = writeOnnx(pooledModel());
  expect(thrownBy(() => readOnnxChain(whole.subarray(0, whole.length / 2)))).toMatchObject({
    code: 'ONNX_UNREADABLE',
  });
});
