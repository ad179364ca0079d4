/** How the sample set's own small checkpoint is trained: `assay train --dataset sample-shapes`. */
import type { RunTrainingOptions } from './run-training';
import { DEFAULT_LEARNING, DEFAULT_NETWORK } from './training-options';

/** Its 5,400 images are few: smaller batches give enough steps. It takes about half a minute on wasm. */
export const SAMPLE_TRAINING = {
  learning: {
    ...DEFAULT_LEARNING,
    epochs: 40,
    learningRate: 2e-3,
    learningRateDecay: 0.95,
    batchSize: 64,
  },
  network: { ...DEFAULT_NETWORK, filters: [4, 8], hiddenUnits: 32 },
} satisfies Pick<RunTrainingOptions, 'learning' | 'network'>;
