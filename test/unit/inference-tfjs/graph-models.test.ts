import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describeCheckpoint } from '../../../src/checkpoints/formats/describe-checkpoint';
import { readCheckpoint } from '../../../src/checkpoints/formats/read-checkpoint';
import { AssayError } from '../../../src/errors';
import { loadTfjs } from '../../../src/inference/tfjs/runtime';
import { TfjsEngine } from '../../../src/inference/tfjs/tfjs-engine';
import { temporaryFolder } from '../../support/temporary-folder';
import { layersCheckpoint, tinyCnn } from '../inference/support/layers-checkpoint';
import { thrownBy } from '../inference/support/thrown-by';
import {
  graphCheckpoint,
  type GraphParts,
  type NodeJson,
  tinyNodes,
  tinySignature,
} from './graph-models';

const engine = new TfjsEngine();
const images = Uint8Array.from({ length: 5 * 16 }, (_, i) => (i * 37) % 256);

async function outputsOf(checkpoint: ReturnType<typeof graphCheckpoint>): Promise<Float32Array> {
  const model = await engine.load(checkpoint);
  try {
    return await model.predict(images, 5);
  } finally {
    await model.dispose();
  }
}

const STRIDES = { strides: { list: { i: ['1', '1', '1', '1'] } } };

function edited(name: string, change: Partial<NodeJson>): NodeJson[] {
  return tinyNodes().map((node) => (node.name === name ? { ...node, ...change } : node));
}

test('gives the logits of the layers model of the same weights', async () => {
  const { layers, weights } = tinyCnn();
  const expected = await outputsOf(layersCheckpoint(layers, weights));
  const actual = await outputsOf(graphCheckpoint());
  expect(actual).toHaveLength(15);
  actual.forEach((logit, i) => {
    expect(logit).toBeCloseTo(expected[i] as number, 5);
  });
});

test('is described from its signature, without a runtime', () => {
  expect(describeCheckpoint(graphCheckpoint())).toEqual({
    inputShape: { height: 4, width: 4, channels: 1 },
    classCount: 3,
    parameterCount: 18 + 2 + 24 + 3,
    architecture: 'Conv2D, BiasAdd, Relu, MaxPool, Reshape, MatMul, BiasAdd',
    endsInSoftmax: false,
    preprocessing: { scale: 1 / 255, mean: [0], std: [1], channelOrder: 'RGB', output: 'logits' },
  });
});

test('gives probabilities where it ends in softmax', async () => {
  const checkpoint = graphCheckpoint({ nodes: tinyNodes('Softmax') });
  expect(describeCheckpoint(checkpoint).preprocessing.output).toBe('probabilities');
  const rows = await outputsOf(checkpoint);
  expect(rows.subarray(0, 3).reduce((sum, p) => sum + p)).toBeCloseTo(1, 5);
  const model = await engine.load(checkpoint);
  expect(model.outputKind).toBe('probabilities');
  await model.dispose();
});

test('takes its input’s shape from the placeholder where the signature leaves it out', () => {
  const { inputs, outputs } = tinySignature();
  const { name, dtype } = inputs.x;
  const signature = { inputs: { x: { name, dtype } }, outputs };
  expect(describeCheckpoint(graphCheckpoint({ signature })).inputShape.width).toBe(4);
});

test('is read from a folder like a layers model', async () => {
  const folder = await temporaryFolder();
  const { files, digest } = graphCheckpoint();
  for (const [name, bytes] of files) await writeFile(path.join(folder, name), bytes);
  const read = await readCheckpoint(folder);
  expect([read.format, read.digest]).toEqual(['tfjs-graph', digest]);
});

test('loading, running and disposing leaves no tensor behind', async () => {
  const { tf } = await loadTfjs();
  const before = tf.memory().numTensors;
  await outputsOf(graphCheckpoint());
  expect(tf.memory().numTensors).toBe(before);
});

test.each<[string, GraphParts, RegExp]>([
  [
    'loops',
    { nodes: edited('relu', { op: 'StatelessWhile' }) },
    /not run here: "StatelessWhile"\. Export the model to ONNX/,
  ],
  ['calls', { nodes: edited('relu', { op: 'PartitionedCall' }) }, /"PartitionedCall"/],
  [
    'operators called constructor',
    { nodes: edited('relu', { op: 'constructor' }) },
    /"constructor"/,
  ],
  ['an initializer', { more: { modelInitializer: { node: [] } } }, /initializer/],
  [
    'nodes called __proto__',
    { nodes: edited('relu', { name: '__proto__' }) },
    /lacks a usable name/,
  ],
  ['inputs that are not there', { nodes: edited('pool', { input: ['nothing'] }) }, /"nothing"/],
  ['two nodes of one name', { nodes: [...tinyNodes(), ...tinyNodes()] }, /one name/],
  [
    'strides of nothing',
    { nodes: edited('conv', { attr: {} }) },
    /"conv" \(Conv2D\) has no usable strides/,
  ],
  [
    'windows of no size',
    { nodes: edited('pool', { attr: { ksize: { list: { i: ['1', '0', '2', '1'] } } } }) },
    /"pool" \(MaxPool\) has no usable ksize/,
  ],
  ['no nodes', { nodes: [] }, /1 to 20000 nodes/],
  ['no signature', { signature: {} }, /0 usable inputs/],
  [
    'two inputs',
    {
      signature: {
        ...tinySignature(),
        inputs: { a: tinySignature().inputs.x, b: tinySignature().inputs.x },
      },
    },
    /2 usable inputs/,
  ],
  [
    'a fixed batch',
    { signature: tinySignature([8, 4, 4, 1]) },
    /only the batch free, not "images:0"/,
  ],
  ['images of no channels', { signature: tinySignature([-1, 16]) }, /\[\?, 16\]/],
  [
    'another output',
    { signature: { ...tinySignature(), outputs: { y: { name: 'relu', dtype: 'DT_FLOAT' } } } },
    /\[batch, classes\] .* no shape/,
  ],
])('refuses graphs with %s', (_, parts, reason) => {
  expect(thrownBy(() => describeCheckpoint(graphCheckpoint(parts)))).toMatchObject({
    code: 'CHECKPOINT_INVALID',
    message: expect.stringMatching(reason) as unknown,
  });
});

test.each<[string, GraphParts]>([
  ['runs in a circle', { nodes: edited('conv', { input: ['end', 'conv/kernel'] }) }],
  ['lacks an attribute', { nodes: edited('conv', { attr: STRIDES }) }],
  [
    'has an attribute of no sense',
    { nodes: edited('conv', { attr: { ...STRIDES, padding: { s: 5 } } }) },
  ],
  ['lacks an input', { nodes: edited('dense', { input: [] }) }],
  ['gives another shape than it says', { nodes: edited('end', { input: ['flat'] }) }],
])(
  'a graph that %s is refused when it is loaded or run, without a tensor left',
  async (_, parts) => {
    const { tf } = await loadTfjs();
    const before = tf.memory().numTensors;
    const error: unknown = await outputsOf(graphCheckpoint(parts)).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(AssayError);
    expect(error).toMatchObject({ code: 'CHECKPOINT_INVALID' });
    expect(tf.memory().numTensors).toBe(before);
  },
);
