/** What is written is read by the programs that the formats come from. */
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { batchFiller } from '../../../src/inference/image-batch';
import { loadTfjs } from '../../../src/inference/tfjs/runtime';
import { writeOnnx } from '../../../src/inference/onnx/write-onnx';
import { stateDictOf } from '../../../src/checkpoints/formats/writers/state-dict-of';
import { writePytorch } from '../../../src/checkpoints/formats/writers/write-pytorch';
import { writeTfjsLayers } from '../../../src/checkpoints/formats/writers/write-tfjs-layers';
import { defaultPreprocessing } from '../../../src/checkpoints/preprocessing';
import type { SequentialModel } from '../../../src/checkpoints/formats/sequential-model';
import { temporaryFolder } from '../../support/temporary-folder';
import {
  evaluatorForTests,
  randomSplit,
  requestFor,
} from '../../unit/inference/support/evaluation';
import { checkpointOf } from '../../unit/inference/support/layers-checkpoint';
import { everyLayer, pooledModel } from '../../unit/writers/models';

const IMAGES = 16;
const evaluator = evaluatorForTests();

/** By tf.loadLayersModel itself, not by the tfjs engine, which reads the files on its own. */
async function tfjsOutputs(model: SequentialModel, images: Uint8Array): Promise<Float32Array> {
  const files = writeTfjsLayers(model);
  const { tf } = await loadTfjs();
  const json = JSON.parse(Buffer.from(files.get('model.json') ?? []).toString()) as {
    modelTopology: object;
    weightsManifest: { weights: object[] }[];
  };
  const weightData = Uint8Array.from(files.get('weights.bin') ?? []).buffer;
  const artifacts = {
    modelTopology: json.modelTopology,
    weightSpecs: json.weightsManifest.flatMap(({ weights }) => weights),
    weightData,
  };
  const loaded = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
  const { height, width, channels } = model.inputShape;
  const pixels = new Float32Array(images.length);
  const preprocessing = defaultPreprocessing({ channels, endsInSoftmax: false });
  batchFiller(preprocessing, model.inputShape, 'NHWC')(pixels, images, IMAGES);
  const outputs = loaded.predict(tf.tensor4d(pixels, [IMAGES, height, width, channels]));
  if (Array.isArray(outputs)) throw new Error('more than one output');
  const values = Float32Array.from(await outputs.data());
  outputs.dispose();
  loaded.dispose();
  return values;
}

test.each([
  ['every layer', everyLayer()],
  ['a global pool and softmax', pooledModel()],
])('tf.loadLayersModel runs a model with %s as onnxruntime does', async (_what, model) => {
  const split = randomSplit(model.inputShape, model.classCount, IMAGES);
  const checkpoint = checkpointOf({ 'net.onnx': writeOnnx(model) });
  const { logits: expected } = await evaluator.evaluate(requestFor({ checkpoint, split }));
  const found = await tfjsOutputs(model, split.images);
  expect(found).toHaveLength(expected.length);
  const differences = [...found].map((value, i) => Math.abs(value - (expected[i] ?? NaN)));
  expect(Math.max(...differences)).toBeLessThan(1e-4);
});

/** ASSAY_TORCH_PYTHON names a Python that has torch, as Debian's python3 with python3-torch: no registry of npm has it. */
const python = process.env['ASSAY_TORCH_PYTHON'];
const itWithTorch = python === undefined ? test.skip : test;

itWithTorch(
  'torch.load(weights_only=True) reads a state dict, names, shapes and values',
  async () => {
    const { stateDict } = stateDictOf(everyLayer((i) => `features.${i}`));
    const file = path.join(await temporaryFolder(), 'net.pth');
    await writeFile(file, writePytorch(stateDict));
    const script =
      'import json, sys, torch\n' +
      'loaded = torch.load(sys.argv[1], weights_only=True)\n' +
      'print(json.dumps({k: [list(v.shape), v.double().flatten().tolist()] for k, v in loaded.items()}))';
    const printed = execFileSync(python ?? '', ['-c', script, file], { maxBuffer: 2 ** 26 });
    expect(JSON.parse(printed.toString())).toEqual(
      Object.fromEntries(
        [...stateDict].map(([name, { shape, values }]) => [name, [shape, [...values]]]),
      ),
    );
  },
);
