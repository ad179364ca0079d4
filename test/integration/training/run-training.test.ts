import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readCheckpoint } from '../../../src/checkpoints/formats/read-checkpoint';
import type { DatasetSource, Split } from '../../../src/datasets/dataset';
import { TfjsEngine } from '../../../src/inference/tfjs/tfjs-engine';
import { report } from '../../../src/metrics/report';
import { totalsOf } from '../../../src/metrics/totals';
import { runTraining, type RunTrainingOptions } from '../../../src/training/run-training';
import { divideTrainingSplit } from '../../../src/training/validation-part';
import { smallSplit } from '../../unit/training/small-split';

const split: Split = smallSplit(120);
const classNames = ['top', 'middle', 'bottom'];
const source: DatasetSource = {
  name: 'small',
  describe: () =>
    Promise.resolve({
      name: 'small',
      digest: 'e'.repeat(64),
      classNames,
      imageShape: split.imageShape,
      splits: [split],
    }),
  loadSplit: () => Promise.resolve(split),
};
const run: Omit<RunTrainingOptions, 'outputFolder'> = {
  source,
  learning: { epochs: 4, learningRate: 1e-2, batchSize: 16, validationFraction: 0.25 },
  network: { filters: [2, 3], hiddenUnits: 8 },
};

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'assay-training-'));
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

const contents = async (folder: string): Promise<string[]> =>
  Promise.all(
    (await readdir(folder)).sort().map((name) => readFile(path.join(folder, name), 'hex')),
  );

test('two runs in one process write the same three files, byte by byte', async () => {
  const folders = [path.join(root, 'one', 'cnn'), path.join(root, 'two', 'cnn')];
  for (const outputFolder of folders) await runTraining({ ...run, outputFolder });
  const [first, second] = await Promise.all(folders.map(contents));
  expect(first).toHaveLength(3);
  expect(second).toEqual(first);
});

test('the folder is a checkpoint that our reader and the tfjs engine take, and scores as it says', async () => {
  const outputFolder = path.join(root, 'cnn');
  const outcome = await runTraining({ ...run, outputFolder });
  const checkpoint = await readCheckpoint(outputFolder);
  expect(checkpoint.digest).toBe(outcome.digest);
  const model = await new TfjsEngine().load(checkpoint);
  const logits = await model.predict(split.images, split.sampleCount);
  const { validation } = divideTrainingSplit(split.labels, 3, 0.25, 42);
  const held = [...validation];
  const { loss, accuracy, macro } = report(
    totalsOf(
      held.flatMap((sample) => [...logits.subarray(sample * 3, sample * 3 + 3)]),
      held.map((sample) => split.labels[sample] as number),
      3,
    ),
  );
  expect(accuracy).toBe(outcome.best.validationAccuracy);
  expect(macro.f1).toBe(outcome.best.validationMacroF1);
  expect(loss).toBeCloseTo(outcome.best.validationLoss, 6);
  await model.dispose();
});

test('metadata.json says how to train the same weights again, in a fixed order, without a date', async () => {
  const outputFolder = path.join(root, 'named');
  const { best, backend } = await runTraining({ ...run, outputFolder, name: 'my net' });
  const text = await readFile(path.join(outputFolder, 'metadata.json'), 'utf8');
  const expected = {
    name: 'my net',
    architecture:
      'conv 1→2 3×3, relu, conv 2→3 3×3, relu, max-pool 2×2, dropout 0.2, flatten, ' +
      'dense 48→8, relu, dropout 0.2, dense 8→3',
    dataset: { name: 'small', digest: 'e'.repeat(64), split: 'train', splitDigest: 'd'.repeat(64) },
    classNames,
    inputShape: { height: 8, width: 8, channels: 1 },
    training: {
      seed: 42,
      epochs: 4,
      bestEpoch: best.epoch,
      batchSize: 16,
      optimizer: 'adam',
      learningRate: 0.01,
      learningRateDecay: 0.9,
      filters: [2, 3],
      hiddenUnits: 8,
      dropout: 0.2,
      validationFraction: 0.25,
      trainingSamples: 90,
      validationSamples: 30,
    },
    validation: {
      loss: best.validationLoss,
      accuracy: best.validationAccuracy,
      macroF1: best.validationMacroF1,
    },
    engine: { name: 'tfjs', backend: backend.name, version: backend.version },
  };
  expect(text).toBe(`${JSON.stringify(expected, undefined, 2)}\n`);
});

test('an output folder with other files is refused before the data is even looked at', async () => {
  const outputFolder = await mkdtemp(path.join(root, 'occupied-'));
  await writeFile(path.join(outputFolder, 'thesis.tex'), 'years of work');
  const describe = jest.fn(() => source.describe());
  await expect(
    runTraining({ ...run, source: { ...source, describe }, outputFolder }),
  ).rejects.toMatchObject({
    code: 'TRAINING_OUTPUT_OCCUPIED',
  });
  expect(describe).not.toHaveBeenCalled();
});
