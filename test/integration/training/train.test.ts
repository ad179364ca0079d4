import type { Tensor } from '@tensorflow/tfjs';
import { AssayError } from '../../../src/errors';
import { loadTfjs } from '../../../src/inference/tfjs/runtime';
import type { EpochProgress, TrainingProgress } from '../../../src/training/progress';
import { train, type TrainedModel } from '../../../src/training/train';
import type { TrainingOptions } from '../../../src/training/training-options';
import { divideTrainingSplit } from '../../../src/training/validation-part';
import { smallSplit, smallTraining } from '../../unit/training/small-split';

async function refusalOf(promise: Promise<unknown>): Promise<AssayError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof AssayError) return error;
  throw new Error(`expected a refusal, got ${String(error)}`);
}

const weightsOf = async (changes: Partial<TrainingOptions>): Promise<Uint8Array> =>
  (await train(smallTraining(changes))).files.weights;

test('the same seed gives the same weights bit for bit, another seed gives others', async () => {
  const first = await weightsOf({ seed: 7 });
  expect(await weightsOf({ seed: 7 })).toEqual(first);
  expect(await weightsOf({ seed: 8 })).not.toEqual(first);
});

describe('a run of some epochs', () => {
  const options = smallTraining({ epochs: 12, split: smallSplit(180) });
  const told: TrainingProgress[] = [];
  let trained: TrainedModel;
  let tensorsBefore: number;
  beforeAll(async () => {
    tensorsBefore = (await loadTfjs()).tf.memory().numTensors;
    trained = await train(options, (progress) => told.push(progress));
  });

  test('learns: the loss falls and the validation part is recognised', () => {
    expect(trained.history).toHaveLength(12);
    expect(trained.history.at(-1)?.loss).toBeLessThan(0.5 * (trained.history[0]?.loss ?? 0));
    expect(trained.best.validationAccuracy).toBeGreaterThan(0.95);
  });

  test('keeps the first epoch of the highest macro-F1', () => {
    const scores = trained.history.map((epoch) => epoch.validationMacroF1);
    expect(trained.best.epoch).toBe(scores.indexOf(Math.max(...scores)) + 1);
    expect(trained.best).toEqual(trained.history[trained.best.epoch - 1]);
  });

  test('tells of every batch and every epoch, in order', () => {
    const batches = Math.ceil(144 / 16);
    expect(told.map(({ kind, epoch }) => `${kind} ${epoch}`)).toEqual(
      trained.history.flatMap(({ epoch }) => [
        ...new Array<string>(batches).fill(`batch ${epoch}`),
        `epoch ${epoch}`,
      ]),
    );
    const epochs = told.filter((progress): progress is EpochProgress => progress.kind === 'epoch');
    expect(epochs.findLast(({ best }) => best)?.epoch).toBe(trained.best.epoch);
    for (const progress of told) {
      expect(progress.imagesPerSecond).toBeGreaterThan(0);
      expect(Number.isFinite(progress.loss)).toBe(true);
    }
    for (const { learningRate, epoch } of epochs) {
      expect(learningRate).toBeCloseTo(1e-2 * 0.9 ** (epoch - 1), 12);
    }
  });

  test('leaves no tensor behind', async () => {
    expect((await loadTfjs()).tf.memory().numTensors).toBe(tensorsBefore);
  });

  test('gives the weights of the best epoch: loaded again they score what was told', async () => {
    const { tf } = await loadTfjs();
    const { weightsManifest, ...artifacts } = JSON.parse(trained.files.modelJson) as {
      modelTopology: object;
      weightsManifest: { weights: [] }[];
    };
    const weightData = Uint8Array.from(trained.files.weights).buffer;
    const model = await tf.loadLayersModel({
      load: () =>
        Promise.resolve({
          ...artifacts,
          weightSpecs: weightsManifest[0]?.weights ?? [],
          weightData,
        }),
    });
    const { split } = options;
    const { validation } = divideTrainingSplit(
      split.labels,
      split.classCount,
      options.validationFraction,
      options.seed,
    );
    const pixels = [...split.images].map((byte) => byte / 255);
    const predictions = tf.tidy(() =>
      tf.argMax(model.predict(tf.tensor4d(pixels, [180, 8, 8, 1])) as Tensor, 1).arraySync(),
    ) as number[];
    const right = [...validation].filter((sample) => predictions[sample] === split.labels[sample]);
    expect(right.length / validation.length).toBe(trained.best.validationAccuracy);
    model.dispose();
  });
});

test('the held-out part is never learnt from: its pixels change no weight', async () => {
  const options = smallTraining({ epochs: 1 });
  const { validation } = divideTrainingSplit(options.split.labels, 3, 0.2, options.seed);
  const first = await train(options);
  const split = smallSplit(90);
  for (const sample of validation) split.images.fill(99, sample * 64, (sample + 1) * 64);
  const second = await train({ ...options, split });
  expect(second.files.weights).toEqual(first.files.weights);
  expect(second.best.validationLoss).not.toBe(first.best.validationLoss);
});

test('without decay the rate stays, with one it falls by that factor an epoch', async () => {
  const rates = async (learningRateDecay: number): Promise<number[]> =>
    (await train(smallTraining({ epochs: 3, learningRateDecay }))).history.map(
      (epoch) => epoch.learningRate,
    );
  expect(await rates(1)).toEqual([0.01, 0.01, 0.01]);
  expect(await rates(0.5)).toEqual([0.01, 0.005, 0.0025]);
});

test('a run that is aborted rejects with the reason and leaves no tensor behind', async () => {
  const { tf } = await loadTfjs();
  const before = tf.memory().numTensors;
  const controller = new AbortController();
  const reason = new Error('the user has seen enough');
  const running = train(
    smallTraining(),
    ({ kind, epoch }) => {
      if (kind === 'batch' && epoch === 2) controller.abort(reason);
    },
    controller.signal,
  );
  await expect(running).rejects.toBe(reason);
  expect(tf.memory().numTensors).toBe(before);
});

test('a run lets the event loop turn between batches', async () => {
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 0);
  await train(smallTraining({ epochs: 3 }));
  clearInterval(timer);
  expect(turns).toBeGreaterThan(3);
});

test.each([
  ['during an epoch', 16],
  ['in its last batch', 90],
])('a loss that leaves the numbers %s ends the run with what to do', async (_, batchSize) => {
  const { tf } = await loadTfjs();
  const before = tf.memory().numTensors;
  const error = await refusalOf(train(smallTraining({ learningRate: 3e38, batchSize })));
  expect(error.code).toBe('TRAINING_DIVERGED');
  expect(error.message).toContain('learning rate well below 3e+38');
  expect(tf.memory().numTensors).toBe(before);
});

test('options that can not work are refused before anything runs', async () => {
  const error = await refusalOf(train(smallTraining({ epochs: 0 })));
  expect(error.code).toBe('TRAINING_OPTIONS_INVALID');
});
