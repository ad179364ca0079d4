import { UserError } from '../../../src/errors';
import { checkTrainingOptions, type TrainingOptions } from '../../../src/training/training-options';
import { smallSplit, smallTraining } from './small-split';

function problemsOf(changes: Partial<TrainingOptions>): unknown {
  try {
    checkTrainingOptions(smallTraining(changes));
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.code).toBe('TRAINING_OPTIONS_INVALID');
    return error.details['problems'];
  }
}

test('usable options pass', () => {
  expect(problemsOf({})).toEqual([]);
});

test('all problems are listed at once', () => {
  expect(
    problemsOf({
      epochs: 0,
      learningRate: NaN,
      learningRateDecay: 2,
      batchSize: 1.5,
      seed: -1,
      validationFraction: 0,
      classNames: ['only one'],
      network: { filters: [0, 4], hiddenUnits: 0, dropout: 1 },
    }),
  ).toEqual([
    'epochs must be a whole number from 1 to 10000',
    'learningRate must be a number above 0',
    'learningRateDecay must be from 0.01 to 1',
    'batchSize must be a whole number from 1 to 65536',
    'seed must be a whole number from 0 to 2147483647',
    'validationFraction must be from 0.01 to 0.5',
    'network.filters must be whole numbers from 1 to 1024',
    'network.hiddenUnits must be a whole number from 1 to 65536',
    'network.dropout must be from 0 to 0.95',
    'classNames must name the 3 classes of the split',
  ]);
});

test('images too small for the pool are refused', () => {
  const split = { ...smallSplit(9), imageShape: { height: 1, width: 64, channels: 1 } };
  expect(problemsOf({ split })).toEqual(['images must be at least 2×2 pixels, for the pool']);
});
