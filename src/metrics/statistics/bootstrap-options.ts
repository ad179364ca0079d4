/** How resampling is done, checked. */
import { UserError } from '../../errors';
import { checkLevel, DEFAULT_LEVEL } from './interval';

export interface BootstrapOptions {
  /** Intervals hold this share of the resampled values. */
  level?: number;
  resamples?: number;
  /** A whole number: the same one gives the same intervals. */
  seed?: number;
  /** Each class keeps its number of samples, instead of varying as chance has it. */
  stratified?: boolean;
}

export const DEFAULT_RESAMPLES = 1_000;
/** Of the most samples that are drawn one by one (`drawResamples`) this many take about five seconds. */
export const MAX_RESAMPLES = 10_000;

/** @throws UserError CONFIDENCE_LEVEL_INVALID, BOOTSTRAP_RESAMPLES_INVALID, BOOTSTRAP_SEED_INVALID */
export function bootstrapOptions(options: BootstrapOptions): Required<BootstrapOptions> {
  const {
    level = DEFAULT_LEVEL,
    resamples = DEFAULT_RESAMPLES,
    seed = 0,
    stratified = false,
  } = options;
  checkLevel(level);
  if (!Number.isInteger(resamples) || resamples < 1 || resamples > MAX_RESAMPLES) {
    throw new UserError(
      'BOOTSTRAP_RESAMPLES_INVALID',
      `The bootstrap takes 1 to ${MAX_RESAMPLES} resamples, not ${resamples}; 1,000 are usual.`,
      { details: { resamples: String(resamples) } },
    );
  }
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new UserError(
      'BOOTSTRAP_SEED_INVALID',
      `A seed is a whole number from 0 to 2^32 − 1, not ${seed}.`,
      { details: { seed: String(seed) } },
    );
  }
  return { level, resamples, seed, stratified };
}
