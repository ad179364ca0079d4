import { describeCheckpoint } from '../../../src/checkpoints/formats/describe-checkpoint';
import { ENGINE_NAMES } from '../../../src/inference/engine';
import { randomStateDict, safetensorsCheckpoint } from '../../unit/architectures/state-dicts';
import {
  evaluatorForTests,
  randomSplit,
  requestFor,
} from '../../unit/inference/support/evaluation';

const evaluator = evaluatorForTests();

/** Every kind of layer and every way of padding, on odd sizes and three channels. */
const EVERYTHING = `
architecture:
  - conv2d: { in: 3, out: 5, kernel: [3, 4], stride: [2, 1], padding: [1, 2], bias: false, name: stem }
  - batchnorm2d: { channels: 5, eps: 0.01, name: norm }
  - relu
  - conv2d: { in: 5, out: 6, kernel: [2, 3], padding: same }
  - maxpool2d: { kernel: 3, stride: 2, padding: 1 }
  - avgpool2d: { kernel: [3, 2], stride: 1, padding: [1, 0] }
  - avgpool2d: { kernel: 3, stride: 2, padding: 1, count_include_pad: false }
  - dropout: 0.3
  - flatten
  - linear: { in: 36, out: 9 }
  - relu
  - linear: { in: 9, out: 4, bias: false }
input: { height: 13, width: 10, channels: 3 }
classes: [a, b, c, d]
preprocessing:
  mean: [0.485, 0.456, 0.406]
  std: [0.229, 0.224, 0.225]
  channel_order: BGR
`;
const everything = randomStateDict({
  'stem.weight': [5, 3, 3, 4],
  'norm.weight': [5],
  'norm.bias': [5],
  'norm.running_mean': [5],
  'norm.running_var': [5],
  'norm.num_batches_tracked': [],
  '3.weight': [6, 5, 2, 3],
  '3.bias': [6],
  '9.weight': [9, 36],
  '9.bias': [9],
  '11.weight': [4, 9],
});

const POOLED = `
architecture:
  - conv2d: { in: 1, out: 4, kernel: 3 }
  - relu
  - global_avg_pool2d
  - flatten
  - linear: { in: 4, out: 3 }
  - softmax
input: { height: 6, width: 5, channels: 1 }
`;
const pooled = randomStateDict({
  '0.weight': [4, 1, 3, 3],
  '0.bias': [4],
  '4.weight': [3, 4],
  '4.bias': [3],
});

test('a network of every layer and padding gives the same by both engines', async () => {
  const checkpoint = safetensorsCheckpoint(everything, EVERYTHING);
  const { inputShape, classNames, preprocessing, parameterCount } = describeCheckpoint(checkpoint);
  expect(classNames).toEqual(['a', 'b', 'c', 'd']);
  expect(preprocessing).toMatchObject({ scale: 1 / 255, channelOrder: 'BGR', output: 'logits' });
  expect(parameterCount).toBe(180 + 10 + 186 + 333 + 36);
  const split = randomSplit(inputShape, 4, 50);
  const [onnx, tfjs] = [
    await evaluator.evaluate(requestFor({ checkpoint, split, batchSize: 16 })),
    await evaluator.evaluate(requestFor({ checkpoint, split, batchSize: 16, engine: 'tfjs' })),
  ];
  onnx.logits.forEach((logit, i) => {
    expect(Math.abs(logit - (tfjs.logits[i] as number))).toBeLessThan(1e-4);
  });
  expect(Math.max(...onnx.logits) - Math.min(...onnx.logits)).toBeGreaterThan(0.1);

  const plain = { ...preprocessing, channelOrder: 'RGB' } as const;
  const other = await evaluator.evaluate(
    requestFor({ checkpoint, split, batchSize: 16, preprocessing: plain }),
  );
  const change = onnx.logits.map((logit, i) => Math.abs(logit - (other.logits[i] as number)));
  expect(Math.max(...change)).toBeGreaterThan(0.01);
});

/** Kernels of one pixel, strides beyond the kernel, windows of which a half is padding. */
const WINDOWS = [
  { kernel: '1', stride: '2', padding: '0', sides: [5, 6] },
  { kernel: '[1, 2]', stride: '1', padding: '0', sides: [9, 10] },
  { kernel: '2', stride: '5', padding: '1', sides: [2, 3] },
  { kernel: '3', stride: '4', padding: '1', sides: [3, 3] },
  { kernel: '[5, 1]', stride: '2', padding: '[2, 0]', sides: [5, 6] },
  { kernel: '4', stride: '2', padding: '2', sides: [5, 6] },
  { kernel: '8', stride: '8', padding: '0', sides: [1, 1] },
] as const;

test.each(
  WINDOWS.flatMap((window) => [
    { kind: 'maxpool2d', more: '', ...window },
    { kind: 'avgpool2d', more: '', ...window },
    { kind: 'avgpool2d', more: ', count_include_pad: false', ...window },
  ]),
)(
  '$kind with kernel $kernel, stride $stride, padding $padding$more is the same by both engines',
  async ({ kind, kernel, stride, padding, more, sides }) => {
    const inputs = 3 * sides[0] * sides[1];
    const yaml = `
architecture:
  - ${kind}: { kernel: ${kernel}, stride: ${stride}, padding: ${padding}${more} }
  - flatten
  - linear: { in: ${inputs}, out: 4 }
input: { height: 9, width: 11, channels: 3 }
preprocessing: { mean: 0.5 }`;
    const stateDict = randomStateDict({ '2.weight': [4, inputs], '2.bias': [4] });
    const checkpoint = safetensorsCheckpoint(stateDict, yaml);
    const split = randomSplit({ height: 9, width: 11, channels: 3 }, 4, 10);
    const [onnx, tfjs] = [
      await evaluator.evaluate(requestFor({ checkpoint, split })),
      await evaluator.evaluate(requestFor({ checkpoint, split, engine: 'tfjs' })),
    ];
    onnx.logits.forEach((logit, i) => {
      expect(Math.abs(logit - (tfjs.logits[i] as number))).toBeLessThan(1e-4);
    });
  },
);

test.each(ENGINE_NAMES)('a softmax at the end gives probabilities by %s', async (engine) => {
  const checkpoint = safetensorsCheckpoint(pooled, POOLED);
  const { inputShape, preprocessing, endsInSoftmax } = describeCheckpoint(checkpoint);
  expect([preprocessing.output, endsInSoftmax]).toEqual(['probabilities', true]);
  const split = randomSplit(inputShape, 3, 20);
  const { logits, outputKind, totals } = await evaluator.evaluate(
    requestFor({ checkpoint, split, engine }),
  );
  expect(outputKind).toBe('probabilities');
  const losses = Array.from(split.labels, (label, i) => -Math.log(logits[3 * i + label] as number));
  expect(totals.lossSum).toBeCloseTo(
    losses.reduce((sum, loss) => sum + loss),
    5,
  );
});

test.each(ENGINE_NAMES)(
  'logits that are taken for probabilities are refused by %s',
  async (engine) => {
    const checkpoint = safetensorsCheckpoint(everything, EVERYTHING);
    const { inputShape, preprocessing } = describeCheckpoint(checkpoint);
    const split = randomSplit(inputShape, 4, 5);
    const wrong = { ...preprocessing, output: 'probabilities' } as const;
    await expect(
      evaluator.evaluate(requestFor({ checkpoint, split, engine, preprocessing: wrong })),
    ).rejects.toMatchObject({ code: 'PROBABILITIES_INVALID' });
  },
);

test.each(ENGINE_NAMES)('a preprocessing for other channels is refused by %s', async (engine) => {
  const checkpoint = safetensorsCheckpoint(pooled, POOLED);
  const { inputShape, preprocessing } = describeCheckpoint(checkpoint);
  const split = randomSplit(inputShape, 3, 5);
  const wrong = { ...preprocessing, mean: [0, 0, 0], output: 'logits' } as const;
  await expect(
    evaluator.evaluate(requestFor({ checkpoint, split, engine, preprocessing: wrong })),
  ).rejects.toMatchObject({
    code: 'PREPROCESSING_INVALID',
    message: expect.stringMatching(/mean must have 1 numbers.*output can not be logits/) as unknown,
  });
});
