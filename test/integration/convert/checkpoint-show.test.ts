/** `assay checkpoint show`: files of every format, and a registered checkpoint by its id. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ShownCheckpoint } from '../../../src/cli/output/checkpoint-view';
import { stateDictOf } from '../../../src/checkpoints/formats/writers/state-dict-of';
import { writeArchitecture } from '../../../src/checkpoints/formats/writers/write-architecture';
import { writeSafetensors } from '../../../src/checkpoints/formats/writers/write-safetensors';
import { writeTfjsLayers } from '../../../src/checkpoints/formats/writers/write-tfjs-layers';
import { defaultPreprocessing } from '../../../src/checkpoints/preprocessing';
import { writeOnnx } from '../../../src/inference/onnx/write-onnx';
import { createTestDatabase } from '../../support/postgres';
import { temporaryFolder } from '../../support/temporary-folder';
import { everyLayer } from '../../unit/writers/models';
import { jsonOf, runAssay } from './run-assay';

/** Convolutions 6·3·3·2 + 6 and 5·6·3·3, the norm's 2·6, dense layers 7·120 + 7 and 4·7. */
const PARAMETERS = 108 + 6 + 270 + 12 + 840 + 7 + 28;
const model = everyLayer();
let folder: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  const { stateDict, layerNames } = stateDictOf(model);
  await writeFile(path.join(folder, 'net.safetensors'), writeSafetensors(stateDict));
  const preprocessing = defaultPreprocessing({ channels: 3, endsInSoftmax: false });
  const classNames = ['cat', 'dog', '\u001b[31mred', 'bird'];
  const yaml = writeArchitecture({ model, preprocessing, classNames }, layerNames);
  await writeFile(path.join(folder, 'net.yaml'), yaml);
  await writeFile(path.join(folder, 'net.onnx'), writeOnnx(model));
  await mkdir(path.join(folder, 'tf'));
  for (const [name, content] of writeTfjsLayers(model)) {
    await writeFile(path.join(folder, 'tf', name), content);
  }
});

async function shown(what: string): Promise<ShownCheckpoint> {
  return jsonOf(await runAssay('checkpoint', 'show', what, '--json')) as ShownCheckpoint;
}

test.each([
  ['net.safetensors', 'safetensors', 13],
  ['tf', 'tfjs-layers', 13],
])('%s: its layers with names, shapes and parameters', async (name, format, layerCount) => {
  const checkpoint = await shown(path.join(folder, name));
  expect(checkpoint).toMatchObject({
    format,
    parameterCount: PARAMETERS,
    inputShape: { height: 13, width: 10, channels: 3 },
    classCount: 4,
    preprocessing: { scale: 1 / 255, output: 'logits' },
  });
  expect(checkpoint.digest).toMatch(/^[0-9a-f]{64}$/);
  expect(checkpoint.files).toHaveLength(2);
  expect(checkpoint.layers).toHaveLength(layerCount);
  expect(checkpoint.layers[0]).toEqual({
    name: 'part0',
    kind: 'conv 3→6 3×2 /2×1',
    outputShape: [7, 11, 6],
    weightShapes: [[6, 3, 3, 2], [6]],
    parameterCount: 114,
  });
  expect(checkpoint.layers.reduce((sum, layer) => sum + layer.parameterCount, 0)).toBe(PARAMETERS);
});

test('an ONNX file: its nodes with their weights, running means included', async () => {
  const { layers, parameterCount } = await shown(path.join(folder, 'net.onnx'));
  expect(parameterCount).toBe(PARAMETERS + 12);
  expect(layers.map(({ kind }) => kind)).toEqual([
    ...['Conv', 'BatchNormalization', 'Relu', 'MaxPool', 'Conv', 'AveragePool', 'Relu', 'Flatten'],
    ...['Relu', 'Gemm', 'Relu', 'Gemm'],
  ]);
  expect(layers[1]).toMatchObject({ weightShapes: [[6], [6], [6], [6]], parameterCount: 24 });
});

test('as a table, in which names out of the file can not speak to the terminal', async () => {
  const { code, stdout } = await runAssay(
    'checkpoint',
    'show',
    path.join(folder, 'net.safetensors'),
  );
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Parameters +1,271$/m);
  expect(stdout).toMatch(/^Classes +4: cat, dog, \\u\{1b\}\[31mred, bird$/m);
  expect(stdout).toMatch(/^ +0 +part0 +conv 3→6 3×2 \/2×1 +7×11×6 +\[6, 3, 3, 2\] \[6\] +114$/m);
  expect(stdout).not.toContain('\u001b');
});

test('a path that leads nowhere is refused', async () => {
  const { code, stderr } = await runAssay('checkpoint', 'show', path.join(folder, 'none.onnx'));
  expect(code).toBe(2);
  expect(stderr).toMatch(/^CHECKPOINT_NOT_FOUND: /);
});

test('a registered checkpoint by its id, with the name and preprocessing it was registered with', async () => {
  const database = await createTestDatabase();
  const before = { ...process.env };
  process.env['DATABASE_URL'] = database.url;
  process.env['ASSAY_DATA_PATH'] = path.join(folder, 'data');
  try {
    const file = path.join(folder, 'net.safetensors');
    const flags = ['--name', 'the one', '--mean', '0.5', '--json'];
    const ran = await runAssay('checkpoint', 'register', file, ...flags);
    const { id, digest } = jsonOf(ran) as { id: string; digest: string };
    const checkpoint = await shown(id);
    expect(checkpoint).toMatchObject({ name: 'the one', digest, parameterCount: PARAMETERS });
    expect(checkpoint.preprocessing.mean).toEqual([0.5, 0.5, 0.5]);
    const unknown = await runAssay(
      'checkpoint',
      'show',
      id.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
    );
    expect(unknown.stderr).toMatch(/^CHECKPOINT_NOT_FOUND: /);
  } finally {
    process.env = before;
    await database.drop();
  }
});
