/** Divides the training split into a part to learn from and one to choose the best epoch by. */
import { UserError } from '../errors';
import { Random, seedFor } from './random';

export interface TrainingParts {
  /** Sample indices, ascending. */
  training: Uint32Array;
  /** Sample indices, ascending; none of them is in the other part. */
  validation: Uint32Array;
}

/**
 * Takes the same share of every class (stratified), rounded, chosen at random under the seed; a class
 * with at least two samples has one or more in both parts.
 *
 * @throws UserError TRAINING_SET_TOO_SMALL where nothing is left on one of the sides
 */
export function divideTrainingSplit(
  labels: Uint16Array,
  classCount: number,
  fraction: number,
  seed: number,
): TrainingParts {
  const byClass = Array.from({ length: classCount }, (): number[] => []);
  labels.forEach((label, sample) => byClass[label]?.push(sample));
  const random = new Random(seedFor(seed, 'validation part'));
  const training: number[] = [];
  const validation: number[] = [];
  for (const samples of byClass) {
    const shuffled = Uint32Array.from(samples);
    random.shuffle(shuffled);
    const wanted = Math.max(1, Math.round(shuffled.length * fraction));
    const heldOut = Math.min(wanted, Math.max(0, shuffled.length - 1));
    validation.push(...shuffled.subarray(0, heldOut));
    training.push(...shuffled.subarray(heldOut));
  }
  if (training.length === 0 || validation.length === 0) {
    throw new UserError(
      'TRAINING_SET_TOO_SMALL',
      `The training split holds ${labels.length} samples, too few to hold a validation part out: ` +
        'give at least two samples of one class.',
    );
  }
  return {
    training: Uint32Array.from(training).sort(),
    validation: Uint32Array.from(validation).sort(),
  };
}
