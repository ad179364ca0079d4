import type { ImageShape, Split } from '../../../src/datasets/dataset';
import type { NodeSpec } from '../../../src/inference/onnx/onnx-encoder';
import {
  evaluatorForTests,
  randomSplit,
  requestFor,
} from '../../unit/inference/support/evaluation';
import { checkpointOf, randomValues } from '../../unit/inference/support/layers-checkpoint';
import { linearNodes, onnxFile, type OnnxFileSpec } from '../../unit/inference/support/onnx-file';

const evaluator = evaluatorForTests();
const shape = { height: 3, width: 2, channels: 3 };
const split = randomSplit(shape, 4, 10);
const initializers = {
  weight: { shape: [4, 18], data: randomValues(72, 5) },
  bias: { shape: [4], data: randomValues(4, 6) },
};

/** The linear classifier by hand, in float64; `place` says where a model sees row, column, channel. */
function byHand(place: (y: number, x: number, c: number) => number): number[] {
  const { height, width, channels } = shape;
  const logits: number[] = [];
  for (let sample = 0; sample < split.sampleCount; sample++) {
    for (let out = 0; out < 4; out++) {
      let logit = initializers.bias.data[out] as number;
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          for (let c = 0; c < channels; c++) {
            const byte = split.images[((sample * height + y) * width + x) * channels + c] as number;
            logit += (initializers.weight.data[out * 18 + place(y, x, c)] as number) * (byte / 255);
          }
        }
      }
      logits.push(logit);
    }
  }
  return logits;
}
const channelsFirst = byHand((y, x, c) => (c * 3 + y) * 2 + x);
const channelsLast = byHand((y, x, c) => (y * 2 + x) * 3 + c);

async function logitsOf(spec: OnnxFileSpec, of: Split = split): Promise<Float32Array> {
  const checkpoint = checkpointOf({ 'x.onnx': onnxFile({ initializers, ...spec }) });
  return (await evaluator.evaluate(requestFor({ checkpoint, split: of, batchSize: 7 }))).logits;
}

function expectClose(actual: Float32Array, expected: number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((logit, i) => {
    expect(logit).toBeCloseTo(expected[i] as number, 5);
  });
}

test('a model with channels first sees them first', async () => {
  expectClose(
    await logitsOf({ inputs: { images: ['n', 3, 3, 2] }, outputs: { logits: ['n', 4] } }),
    channelsFirst,
  );
});

test('a model with channels last sees them last', async () => {
  const tall: ImageShape = { height: 6, width: 1, channels: 3 };
  // The same bytes as one column of six rows: NHWC does not mind, and 6 is no number of channels.
  expectClose(
    await logitsOf(
      { inputs: { images: ['n', 6, 1, 3] }, outputs: { logits: ['n', 4] } },
      { ...split, imageShape: tall },
    ),
    channelsLast,
  );
});

test.each([1, 4, 16])('a model with the fixed batch %i is given the rest padded', async (batch) => {
  expectClose(
    await logitsOf({ inputs: { images: [batch, 3, 3, 2] }, outputs: { logits: [batch, 4] } }),
    channelsFirst,
  );
});

test.each([
  ['seven classes', ['n', 3, 3, 2], 7, /3×2×3 and 7 classes.*3×2×3 and 4 classes/],
  ['images of 3×224×224', ['n', 3, 224, 224], 4, /224×224×3 and 4 classes.*3×2×3 and 4 classes/],
])(
  'a model of %s is refused on another dataset, with both sides',
  async (_, input, classes, words) => {
    const inputs = (input.slice(1) as number[]).reduce((product, size) => product * size);
    const own = {
      weight: { shape: [classes, inputs], data: new Float32Array(classes * inputs) },
      bias: { shape: [classes], data: new Float32Array(classes) },
    };
    const spec = {
      inputs: { images: input },
      outputs: { logits: ['n', classes] },
      initializers: own,
    };
    await expect(logitsOf(spec)).rejects.toMatchObject({
      code: 'CHECKPOINT_DATASET_MISMATCH',
      message: expect.stringMatching(words) as unknown,
    });
  },
);

test('a file cut anywhere is refused, never run', async () => {
  const whole = onnxFile({
    initializers,
    inputs: { images: ['n', 3, 3, 2] },
    outputs: { logits: ['n', 4] },
  });
  for (let length = 0; length < whole.length; length += 13) {
    const checkpoint = checkpointOf({ 'x.onnx': whole.subarray(0, length) });
    await expect(evaluator.evaluate(requestFor({ checkpoint, split }))).rejects.toMatchObject({
      code: 'ONNX_UNREADABLE',
    });
  }
});

test('a model that gives another shape than its file says is refused', async () => {
  const nodes: NodeSpec[] = [
    ...linearNodes().map((node) => ({ ...node, output: node.output.replace('logits', 'z') })),
    {
      opType: 'Transpose',
      name: 't',
      inputs: ['z'],
      output: 'logits',
      attributes: { perm: [1, 0] },
    },
  ];
  await expect(
    logitsOf({ nodes, inputs: { images: ['n', 3, 3, 2] }, outputs: { logits: ['n', 4] } }),
  ).rejects.toMatchObject({ code: 'CHECKPOINT_INVALID' });
});

test.each(['constructor', '__proto__'])(
  'an output called %s gives logits or a refusal',
  async (name) => {
    const nodes = linearNodes().map((node) => ({
      ...node,
      output: node.output.replace('logits', name),
    }));
    // Object literals would take __proto__ for the prototype.
    const outputs = Object.fromEntries([[name, ['n', 4]]]);
    const logits = logitsOf({ nodes, inputs: { images: ['n', 3, 3, 2] }, outputs });
    if (name === 'constructor') expectClose(await logits, channelsFirst);
    else await expect(logits).rejects.toMatchObject({ code: 'CHECKPOINT_INVALID' });
  },
);

test('an operator that nobody knows is refused at loading, without paths of the machine', async () => {
  const [flat, gemm] = linearNodes() as [NodeSpec, NodeSpec];
  const nodes = [flat, { ...gemm, opType: 'Frobnicate' }];
  await expect(
    logitsOf({ nodes, inputs: { images: ['n', 3, 3, 2] }, outputs: { logits: ['n', 4] } }),
  ).rejects.toMatchObject({
    code: 'CHECKPOINT_INVALID',
    message: expect.stringMatching(/^[^/\\]*Frobnicate[^/\\]*$/) as unknown,
  });
});

test('loading many models leaves no memory behind', async () => {
  const image = { height: 64, width: 64, channels: 1 };
  const one = randomSplit(image, 1000, 1);
  const weight = { shape: [1000, 4096], data: new Float32Array(4_096_000).fill(0.001) };
  const load = async (number: number): Promise<void> => {
    weight.data[0] = number;
    const bytes = onnxFile({
      inputs: { images: ['n', 1, 64, 64] },
      outputs: { logits: ['n', 1000] },
      initializers: { weight, bias: { shape: [1000], data: new Float32Array(1000) } },
    });
    await evaluator.evaluate(
      requestFor({ checkpoint: checkpointOf({ 'x.onnx': bytes }), split: one }),
    );
  };
  for (let i = 0; i < 5; i++) await load(i);
  const before = process.memoryUsage().rss;
  for (let i = 5; i < 25; i++) await load(i);
  // 20 sessions of 16 MB, each kept, would be 330 MB at least.
  expect(process.memoryUsage().rss - before).toBeLessThan(120e6);
});
