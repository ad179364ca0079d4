/** Makes tfjs graph models by hand, as tensorflowjs_converter writes them. */
import {
  checkpointDigest,
  checkpointSize,
} from '../../../src/checkpoints/formats/checkpoint-digest';
import type { CheckpointFiles } from '../../../src/checkpoints/formats/checkpoint-files';
import { tinyCnn, weightBytes } from '../inference/support/layers-checkpoint';

export interface NodeJson {
  name: string;
  op: string;
  input?: string[];
  attr?: Record<string, unknown>;
}

const text = (value: string) => ({ s: Buffer.from(value).toString('base64') });
const ints = (...values: number[]) => ({ list: { i: values.map(String) } });
const float = { T: { type: 'DT_FLOAT' } };
const shape = (...sizes: number[]) => ({ dim: sizes.map((size) => ({ size: String(size) })) });
const constant = (name: string): NodeJson => ({
  name,
  op: 'Const',
  attr: { dtype: { type: 'DT_FLOAT' } },
});

/** The tiny CNN of the layers models as a graph: the same weights, the same logits. */
export function tinyNodes(end: 'Identity' | 'Softmax' = 'Identity'): NodeJson[] {
  const windows = (kernel: number, stride: number) => ({
    ...float,
    ksize: ints(1, kernel, kernel, 1),
    strides: ints(1, stride, stride, 1),
    padding: text(kernel === 3 ? 'SAME' : 'VALID'),
    data_format: text('NHWC'),
  });
  return [
    {
      name: 'images',
      op: 'Placeholder',
      attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: shape(-1, 4, 4, 1) } },
    },
    ...['conv/kernel', 'conv/bias', 'dense/kernel', 'dense/bias', 'shape'].map(constant),
    {
      name: 'conv',
      op: 'Conv2D',
      input: ['images', 'conv/kernel'],
      attr: { ...windows(3, 1), dilations: ints(1, 1, 1, 1) },
    },
    { name: 'conv/BiasAdd', op: 'BiasAdd', input: ['conv', 'conv/bias'], attr: float },
    { name: 'relu', op: 'Relu', input: ['conv/BiasAdd'], attr: float },
    { name: 'pool', op: 'MaxPool', input: ['relu'], attr: windows(2, 2) },
    { name: 'flat', op: 'Reshape', input: ['pool', 'shape'], attr: float },
    { name: 'dense', op: 'MatMul', input: ['flat', 'dense/kernel'], attr: float },
    { name: 'dense/BiasAdd', op: 'BiasAdd', input: ['dense', 'dense/bias'], attr: float },
    { name: 'end', op: end, input: ['dense/BiasAdd'], attr: float },
    { name: 'Identity', op: 'Identity', input: ['end'], attr: float },
  ];
}

export interface GraphParts {
  nodes?: NodeJson[];
  signature?: unknown;
  /** Further fields of model.json. */
  more?: Record<string, unknown>;
}

export const tinySignature = (sizes: number[] = [-1, 4, 4, 1]) => ({
  inputs: { x: { name: 'images:0', dtype: 'DT_FLOAT', tensorShape: shape(...sizes) } },
  outputs: { y: { name: 'Identity:0', dtype: 'DT_FLOAT', tensorShape: shape(-1, 3) } },
});

export function graphCheckpoint(parts: GraphParts = {}): CheckpointFiles {
  const { weights } = tinyCnn();
  const json = {
    format: 'graph-model',
    modelTopology: { node: parts.nodes ?? tinyNodes(), library: {}, versions: { producer: 987 } },
    signature: parts.signature ?? tinySignature(),
    weightsManifest: [
      {
        paths: ['group1-shard1of1.bin'],
        weights: [
          ...weights.map(({ name, shape: sizes }) => ({ name, shape: sizes, dtype: 'float32' })),
          { name: 'shape', shape: [2], dtype: 'int32' },
        ],
      },
    ],
    ...parts.more,
  };
  const bytes = Buffer.concat([weightBytes(weights), Buffer.from(Int32Array.of(-1, 8).buffer)]);
  const files = new Map<string, Uint8Array>([
    ['model.json', Buffer.from(JSON.stringify(json))],
    ['group1-shard1of1.bin', bytes],
  ]);
  return {
    format: 'tfjs-graph',
    digest: checkpointDigest(files),
    files,
    sizeBytes: checkpointSize(files),
  };
}
