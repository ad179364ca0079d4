/** The training loop: learns epoch by epoch and keeps the weights of the best one by macro-F1. */
import { setImmediate } from 'node:timers/promises';
import type { Scalar, Sequential, Tensor } from '@tensorflow/tfjs';
import { AssayError, UserError } from '../errors';
import type { EngineBackend } from '../inference/engine';
import { loadTfjs, type TensorFlow } from '../inference/tfjs/runtime';
import { decayingAdam, type DecayingAdam } from './adam';
import { batchesOf, imageBatch, oneHotLabels } from './batches';
import { forwardWithDropout } from './dropout';
import { registerWasmKernels } from './kernels/register-wasm-kernels';
import {
  copyWeights,
  type LayersModelFiles,
  modelFiles,
  restoreWeights,
  variablesOf,
} from './model-weights';
import { buildNetwork } from './network';
import type { EpochFigures, TrainingProgress } from './progress';
import { Random, seedFor } from './random';
import { checkTrainingOptions, type TrainingOptions } from './training-options';
import { validate } from './validate';
import { divideTrainingSplit, type TrainingParts } from './validation-part';

export interface TrainedModel {
  files: LayersModelFiles;
  /** The epoch whose weights these are: of the highest macro-F1, the first where several are equal. */
  best: EpochFigures;
  history: EpochFigures[];
  backend: EngineBackend;
  trainingSamples: number;
  validationSamples: number;
}

/**
 * Trains the CNN on a split, part of which is held out to choose the best epoch by. The same options
 * give the same weights bit for bit on wasm, which computes in one thread in a fixed order; another
 * backend has the same first weights, order and dropout, and rounds differently.
 *
 * @throws UserError TRAINING_OPTIONS_INVALID, TRAINING_SET_TOO_SMALL, TRAINING_DIVERGED;
 *   OperationalError TFJS_UNAVAILABLE; rejects with the signal's reason when aborted
 */
export async function train(
  options: TrainingOptions,
  onProgress: (progress: TrainingProgress) => void = () => undefined,
  signal?: AbortSignal,
): Promise<TrainedModel> {
  checkTrainingOptions(options);
  const { split, seed, network } = options;
  const parts = divideTrainingSplit(
    split.labels,
    split.classCount,
    options.validationFraction,
    seed,
  );
  const runtime = await loadTfjs();
  registerWasmKernels(runtime);
  const { tf, backend } = runtime;
  const model = buildNetwork(tf, split.imageShape, split.classCount, network, seed);
  const optimizer = decayingAdam(tf, options.learningRate);
  const run: Run = { tf, model, optimizer, options, parts, onProgress, signal };
  try {
    const { best, history } = await learn(run);
    return {
      files: await modelFiles(tf, model),
      best,
      history,
      backend,
      trainingSamples: parts.training.length,
      validationSamples: parts.validation.length,
    };
  } finally {
    optimizer.dispose();
    model.dispose();
  }
}

interface Run {
  tf: TensorFlow;
  model: Sequential;
  optimizer: DecayingAdam;
  options: TrainingOptions;
  parts: TrainingParts;
  onProgress: (progress: TrainingProgress) => void;
  signal: AbortSignal | undefined;
}

/** Runs all epochs and leaves the best one's weights in the model. */
async function learn(run: Run): Promise<Pick<TrainedModel, 'best' | 'history'>> {
  const { tf, model, optimizer, options, parts, onProgress, signal } = run;
  const history: EpochFigures[] = [];
  let best: { figures: EpochFigures; weights: Float32Array[] } | undefined;
  for (let epoch = 1; epoch <= options.epochs; epoch++) {
    const start = performance.now();
    const learningRate = options.learningRate * options.learningRateDecay ** (epoch - 1);
    optimizer.setLearningRate(learningRate);
    const { loss, imagesPerSecond } = await learnEpoch(run, epoch);
    const validation = await validate(
      tf,
      model,
      options.split,
      parts.validation,
      options.batchSize,
      signal,
    ).catch((error: unknown) => {
      const notFinite = error instanceof AssayError && error.code === 'LOGITS_NOT_FINITE';
      throw notFinite ? diverged(epoch, options, error) : error;
    });
    const figures: EpochFigures = {
      epoch,
      learningRate,
      loss,
      validationLoss: validation.loss,
      validationAccuracy: validation.accuracy,
      validationMacroF1: validation.macroF1,
    };
    history.push(figures);
    const isBest = !best || figures.validationMacroF1 > best.figures.validationMacroF1;
    if (isBest) best = { figures, weights: await copyWeights(model) };
    const seconds = (performance.now() - start) / 1000;
    onProgress({
      kind: 'epoch',
      ...figures,
      epochs: options.epochs,
      best: isBest,
      imagesPerSecond,
      seconds,
    });
  }
  if (!best) throw new RangeError('a training run needs at least one epoch');
  restoreWeights(tf, model, best.weights);
  return { best: best.figures, history };
}

async function learnEpoch(
  { tf, model, optimizer, options, parts, onProgress, signal }: Run,
  epoch: number,
): Promise<{ loss: number; imagesPerSecond: number }> {
  const { split, batchSize, seed, epochs } = options;
  const order = parts.training.slice();
  new Random(seedFor(seed, `order of epoch ${epoch}`)).shuffle(order);
  const dropout = new Random(seedFor(seed, `dropout of epoch ${epoch}`));
  const variables = variablesOf(tf, model);
  const batches = Math.ceil(order.length / batchSize);
  const start = performance.now();
  let [batch, samplesDone, lossSum] = [0, 0, 0];
  for (const samples of batchesOf(order, batchSize)) {
    // One turn of the event loop a batch, so that signals, timers and servers of this process live on.
    await setImmediate();
    signal?.throwIfAborted();
    const loss = tf.tidy(() => {
      const images = imageBatch(tf, split, samples);
      const labels = oneHotLabels(tf, split, samples);
      const cost = optimizer.minimize(
        () =>
          tf.losses.softmaxCrossEntropy<Tensor, Scalar>(
            labels,
            forwardWithDropout(tf, model, images, dropout),
          ),
        true,
        variables,
      );
      return cost?.dataSync()[0] ?? NaN;
    });
    if (!Number.isFinite(loss)) throw diverged(epoch, options);
    samplesDone += samples.length;
    lossSum += loss * samples.length;
    batch += 1;
    onProgress({
      kind: 'batch',
      epoch,
      epochs,
      batch,
      batches,
      loss: lossSum / samplesDone,
      imagesPerSecond: samplesDone / ((performance.now() - start) / 1000),
    });
  }
  return {
    loss: lossSum / samplesDone,
    imagesPerSecond: samplesDone / ((performance.now() - start) / 1000),
  };
}

function diverged(epoch: number, { learningRate }: TrainingOptions, cause?: unknown): UserError {
  return new UserError(
    'TRAINING_DIVERGED',
    `The loss is no finite number any more in epoch ${epoch}: the steps are too large. ` +
      `Train again with a learning rate well below ${learningRate}, a tenth of it for a start.`,
    { details: { epoch, learningRate }, cause },
  );
}
