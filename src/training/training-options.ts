/** What a training run is told: the network's size and the way it learns, with defaults and checks. */
import type { ImageShape, Split } from '../datasets/dataset';
import { UserError } from '../errors';

/** The size of the network; its shape is always conv, conv, pool, dense, dense. */
export interface NetworkOptions {
  /** Filters of the two convolutions. */
  filters: readonly [number, number];
  /** Units of the hidden dense layer. */
  hiddenUnits: number;
  /** Share of activations dropped after the pool and after the hidden layer, from 0 to below 1. */
  dropout: number;
}

export interface LearningOptions {
  epochs: number;
  /** Adam's step size in the first epoch. */
  learningRate: number;
  /** The rate is multiplied by this after each epoch; 1 keeps it. */
  learningRateDecay: number;
  batchSize: number;
  /** All that is random follows from it: first weights, held-out part, order of samples, dropout. */
  seed: number;
  /** Part of the training split that is held out to choose the best epoch. */
  validationFraction: number;
}

export interface TrainingOptions extends LearningOptions {
  /** The training split; a part of it is held out for validation. */
  split: Split;
  /** Ordered: the position is the class index. */
  classNames: readonly string[];
  network: NetworkOptions;
}

/** The original pipeline's CNN: 824,458 parameters at 28×28×1 and 10 classes. */
export const DEFAULT_NETWORK: NetworkOptions = { filters: [8, 16], hiddenUnits: 256, dropout: 0.2 };

export const DEFAULT_LEARNING: LearningOptions = {
  epochs: 15,
  learningRate: 1e-3,
  learningRateDecay: 0.9,
  batchSize: 256,
  seed: 42,
  validationFraction: 0.1,
};

/** @throws UserError TRAINING_OPTIONS_INVALID listing every option that can't be used */
export function checkTrainingOptions(options: TrainingOptions): void {
  const { split, network } = options;
  const whole = (value: number, least: number, most: number): boolean =>
    Number.isSafeInteger(value) && value >= least && value <= most;
  const between = (value: number, least: number, most: number): boolean =>
    value >= least && value <= most;
  const rules: [boolean, string][] = [
    [whole(options.epochs, 1, 10_000), 'epochs must be a whole number from 1 to 10000'],
    [
      options.learningRate > 0 && options.learningRate < Infinity,
      'learningRate must be a number above 0',
    ],
    [between(options.learningRateDecay, 0.01, 1), 'learningRateDecay must be from 0.01 to 1'],
    [whole(options.batchSize, 1, 65_536), 'batchSize must be a whole number from 1 to 65536'],
    [whole(options.seed, 0, 2 ** 31 - 1), 'seed must be a whole number from 0 to 2147483647'],
    [between(options.validationFraction, 0.01, 0.5), 'validationFraction must be from 0.01 to 0.5'],
    [
      network.filters.every((count) => whole(count, 1, 1024)),
      'network.filters must be whole numbers from 1 to 1024',
    ],
    [
      whole(network.hiddenUnits, 1, 65_536),
      'network.hiddenUnits must be a whole number from 1 to 65536',
    ],
    [between(network.dropout, 0, 0.95), 'network.dropout must be from 0 to 0.95'],
    [
      options.classNames.length === split.classCount,
      `classNames must name the ${split.classCount} classes of the split`,
    ],
    [split.classCount >= 2, 'the split must have at least 2 classes'],
    [fitsPool(split.imageShape), 'images must be at least 2×2 pixels, for the pool'],
  ];
  const problems = rules.filter(([passed]) => !passed).map(([, message]) => message);
  if (problems.length > 0) {
    throw new UserError(
      'TRAINING_OPTIONS_INVALID',
      `The training can't start; correct this: ${problems.join('; ')}.`,
      { details: { problems } },
    );
  }
}

function fitsPool({ height, width }: ImageShape): boolean {
  return height >= 2 && width >= 2;
}
