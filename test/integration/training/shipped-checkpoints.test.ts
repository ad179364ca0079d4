import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readCheckpoint } from '../../../src/checkpoints/formats/read-checkpoint';
import type { DatasetSource } from '../../../src/datasets/dataset';
import { createFashionMnist } from '../../../src/datasets/fashion-mnist/fashion-mnist.source';
import { createSampleSet } from '../../../src/datasets/sample-shapes/sample-shapes.source';
import { TfjsEngine } from '../../../src/inference/tfjs/tfjs-engine';
import { report, type Report } from '../../../src/metrics/report';
import { addBatch, emptyTotals } from '../../../src/metrics/totals';
import { itWithMirror, mirrorFolder } from '../../support/reference';

const SHIPPED = path.resolve(__dirname, '../../../checkpoints');
const BATCH = 250;

interface Metadata {
  name: string;
  dataset: { name: string; digest: string; split: string; splitDigest: string };
  classNames: string[];
  validation: { accuracy: number; macroF1: number };
}

const metadataOf = async (name: string): Promise<Metadata> =>
  JSON.parse(await readFile(path.join(SHIPPED, name, 'metadata.json'), 'utf8')) as Metadata;

async function evaluate(name: string, source: DatasetSource): Promise<Report> {
  const split = await source.loadSplit('test');
  const model = await new TfjsEngine().load(await readCheckpoint(path.join(SHIPPED, name)));
  expect(model.inputShape).toEqual(split.imageShape);
  expect(model.classCount).toBe(split.classCount);
  const { height, width, channels } = split.imageShape;
  const size = height * width * channels;
  const totals = emptyTotals(split.classCount);
  for (let first = 0; first < split.sampleCount; first += BATCH) {
    const labels = split.labels.subarray(first, first + BATCH);
    const images = split.images.subarray(first * size, (first + labels.length) * size);
    addBatch(totals, await model.predict(images, labels.length), labels);
  }
  await model.dispose();
  return report(totals);
}

async function expectTrainedOn(name: string, source: DatasetSource): Promise<void> {
  const metadata = await metadataOf(name);
  const { digest, classNames, splits } = await source.describe();
  expect(metadata.name).toBe(name);
  expect(metadata.dataset).toEqual({
    name: source.name,
    digest,
    split: 'train',
    splitDigest: splits.find((split) => split.name === 'train')?.digest,
  });
  expect(metadata.classNames).toEqual(classNames);
}

test('sample-cnn was trained on the sample set as it is drawn today', async () => {
  await expectTrainedOn('sample-cnn', createSampleSet());
});

test('sample-cnn is small, and gets most of the sample test split right, but not all', async () => {
  const { size } = await stat(path.join(SHIPPED, 'sample-cnn', 'weights.bin'));
  expect(size).toBeLessThan(300_000);
  const { accuracy, macro, sampleCount } = await evaluate('sample-cnn', createSampleSet());
  expect(sampleCount).toBe(2000);
  expect(accuracy).toBeGreaterThan(0.92);
  expect(accuracy).toBeLessThan(1);
  expect(macro.f1).toBeGreaterThan(0.92);
});

/** The real files, read from the mirror and never from the network. */
async function withFashionMnist(use: (source: DatasetSource) => Promise<void>): Promise<void> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'assay-fashion-'));
  try {
    await use(createFashionMnist({ dataDir, mirrorDir: mirrorFolder, baseUrls: [] }));
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

itWithMirror('fashion-cnn was trained on the Fashion-MNIST that we read', async () => {
  await withFashionMnist((source) => expectTrainedOn('fashion-cnn', source));
});

itWithMirror('fashion-cnn gets at least 91.5 % of the 10,000 test images right', async () => {
  await withFashionMnist(async (source) => {
    const { accuracy, macro, sampleCount } = await evaluate('fashion-cnn', source);
    expect(sampleCount).toBe(10_000);
    expect(accuracy).toBeGreaterThanOrEqual(0.915);
    expect(macro.f1).toBeGreaterThanOrEqual(0.915);
  });
});
