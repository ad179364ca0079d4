import type { CheckpointFiles } from '../../../src/checkpoints/formats/checkpoint-files';
import { AssayError } from '../../../src/errors';
import { loadTfjs } from '../../../src/inference/tfjs/runtime';
import { TfjsEngine } from '../../../src/inference/tfjs/tfjs-engine';
import { checkpointOf, modelJson, TINY_VALUES, TINY_WEIGHTS, tinyLayers } from './checkpoints';

const engine = new TfjsEngine();
const tiny = (activation?: string): CheckpointFiles =>
  checkpointOf(modelJson(tinyLayers(activation), TINY_WEIGHTS), TINY_VALUES);

async function tensorCount(): Promise<number> {
  return (await loadTfjs()).tf.memory().numTensors;
}

/** The error of a load, with the proof that it left no tensor behind. */
async function refusalOf(checkpoint: CheckpointFiles): Promise<AssayError> {
  const before = await tensorCount();
  const error: unknown = await engine.load(checkpoint).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(await tensorCount()).toBe(before);
  if (error instanceof AssayError) return error;
  throw new Error(`expected a refusal, got ${String(error)}`);
}

test('a model gives kernel and bias applied to bytes divided by 255, row by row', async () => {
  const model = await engine.load(tiny());
  expect(model.inputShape).toEqual({ height: 1, width: 2, channels: 1 });
  expect(model.classCount).toBe(2);
  const logits = await model.predict(Uint8Array.of(255, 0, 0, 255, 51, 102), 3);
  expect(logits).toBeInstanceOf(Float32Array);
  [11, 22, 13, 24, 11.4, 22].forEach((expected, i) => {
    expect(logits[i]).toBeCloseTo(expected, 5);
  });
  expect(logits).toHaveLength(6);
  await model.dispose();
});

test('the backend that runs it is named with its version', async () => {
  const model = await engine.load(tiny());
  expect(['wasm', 'tensorflow']).toContain(model.backend.name);
  expect(model.backend.version).toMatch(/^\d+\.\d+\.\d+/);
  await model.dispose();
});

test('a softmax at the end is kept: probabilities come back as they are, and are called so', async () => {
  const model = await engine.load(tiny('softmax'));
  expect(model.outputKind).toBe('probabilities');
  const [a, b] = await model.predict(Uint8Array.of(255, 0), 1);
  expect(a).toBeCloseTo(1 / (1 + Math.exp(11)), 7);
  expect(b).toBeCloseTo(1 / (1 + Math.exp(-11)), 6);
  await model.dispose();
});

test('loading, predicting many times and disposing leaves no tensor behind', async () => {
  const before = await tensorCount();
  const model = await engine.load(tiny());
  const loaded = await tensorCount();
  for (let i = 0; i < 20; i++) await model.predict(Uint8Array.of(1, 2, 3, 4), 2);
  expect(await tensorCount()).toBe(loaded);
  await model.dispose();
  expect(await tensorCount()).toBe(before);
});

test('the same checkpoint can be loaded twice at once', async () => {
  const [first, second] = await Promise.all([engine.load(tiny()), engine.load(tiny())]);
  await first.dispose();
  expect([...(await second.predict(Uint8Array.of(255, 0), 1))]).toEqual([11, 22]);
  await second.dispose();
});

test('bytes that are not that many images are a bug of the caller', async () => {
  const model = await engine.load(tiny());
  await expect(model.predict(new Uint8Array(5), 2)).rejects.toThrow(RangeError);
  await expect(model.predict(new Uint8Array(0), 0)).rejects.toThrow(RangeError);
  await model.dispose();
});

test('other formats are refused with the way out', async () => {
  const error = await refusalOf({ ...tiny(), format: 'onnx' });
  expect(error.code).toBe('ENGINE_FORMAT_UNSUPPORTED');
  expect(error.message).toContain('use the onnx engine');
});

const dense = (units: number): ReturnType<typeof tinyLayers> => [
  ...tinyLayers().slice(0, 1),
  { class_name: 'Dense', config: { name: 'out', units, use_bias: true } },
];
const conv = {
  class_name: 'Conv2D',
  config: { name: 'c', filters: 1, kernel_size: 1, batch_input_shape: [null, 4, 4, 1] },
};

test.each<[string, CheckpointFiles, string]>([
  ['no JSON', checkpointOf('{"modelTopology":', TINY_VALUES), 'not a JSON object'],
  ['no topology', checkpointOf({ weightsManifest: [] }, TINY_VALUES), 'modelTopology'],
  [
    'weights too short',
    checkpointOf(modelJson(tinyLayers(), TINY_WEIGHTS), TINY_VALUES.subarray(4)),
    'do not hold what the manifest says',
  ],
  [
    'an unknown layer',
    checkpointOf(modelJson([{ class_name: 'Teleport', config: {} }], TINY_WEIGHTS), TINY_VALUES),
    'Teleport',
  ],
  [
    'a layer without its weights',
    checkpointOf(modelJson(tinyLayers(), TINY_WEIGHTS.slice(0, 1)), TINY_VALUES.subarray(0, 16)),
    '"out/bias" is missing',
  ],
  [
    'weights of another shape',
    checkpointOf(
      modelJson(tinyLayers(), [
        { name: 'out/kernel', shape: [4, 1] },
        { name: 'out/bias', shape: [2] },
      ]),
      TINY_VALUES,
    ),
    'has the shape [4, 1], not [2, 2]',
  ],
  [
    'more weights than its files hold',
    checkpointOf(modelJson(dense(60_000), TINY_WEIGHTS), TINY_VALUES),
    'has the shape [2, 2], not [2, 60000]',
  ],
  [
    'a second layer that fails after the first has its weights',
    checkpointOf(
      modelJson([...tinyLayers(), { class_name: 'Teleport', config: {} }], TINY_WEIGHTS),
      TINY_VALUES,
    ),
    'Teleport',
  ],
  [
    'an output that is an image',
    checkpointOf(
      modelJson(
        [conv],
        [
          { name: 'c/kernel', shape: [1, 1, 1, 1] },
          { name: 'c/bias', shape: [1] },
        ],
      ),
      TINY_VALUES.subarray(0, 8),
    ),
    'one row of 2 to 65535 class scores',
  ],
])('a broken checkpoint is refused: %s', async (_, checkpoint, reason) => {
  const error = await refusalOf(checkpoint);
  expect(['CHECKPOINT_INVALID', 'TFJS_WEIGHTS_LENGTH', 'CHECKPOINT_LAYERS_MISMATCH']).toContain(
    error.code,
  );
  expect(error.message).toContain(reason);
});
