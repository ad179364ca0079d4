/** What a training run tells while it goes on. Losses are mean cross-entropies in nats. */

export interface BatchProgress {
  kind: 'batch';
  /** From 1. */
  epoch: number;
  epochs: number;
  /** From 1. */
  batch: number;
  batches: number;
  /** Mean over the epoch's samples so far, dropout on. */
  loss: number;
  imagesPerSecond: number;
}

export interface EpochFigures {
  /** From 1. */
  epoch: number;
  learningRate: number;
  /** Mean over the epoch's training samples, dropout on, weights moving. */
  loss: number;
  validationLoss: number;
  validationAccuracy: number;
  validationMacroF1: number;
}

export interface EpochProgress extends EpochFigures {
  kind: 'epoch';
  epochs: number;
  /** Whether it is the best one so far, by macro-F1. */
  best: boolean;
  /** Of the training part; validation is not counted. */
  imagesPerSecond: number;
  /** Time of the epoch with its validation. */
  seconds: number;
}

export type TrainingProgress = BatchProgress | EpochProgress;
