/** What a trained checkpoint says about itself, beside its weights. */
import type { DatasetInfo, Split } from '../datasets/dataset';
import type { TrainedModel } from './train';
import type { TrainingOptions } from './training-options';

export interface MetadataSources {
  name: string;
  /** A line for people. */
  architecture: string;
  dataset: DatasetInfo;
  split: Split;
  options: TrainingOptions;
  trained: TrainedModel;
}

/**
 * The text of metadata.json. It holds everything needed to train the same weights again, and no time
 * or machine: the same training gives the same bytes, as keys keep the order that they have here.
 */
export function metadataJson(sources: MetadataSources): string {
  const { name, architecture, dataset, split, options, trained } = sources;
  const { height, width, channels } = split.imageShape;
  const metadata = {
    name,
    architecture,
    dataset: {
      name: dataset.name,
      digest: dataset.digest,
      split: split.name,
      splitDigest: split.digest,
    },
    classNames: options.classNames,
    inputShape: { height, width, channels },
    training: {
      seed: options.seed,
      epochs: options.epochs,
      bestEpoch: trained.best.epoch,
      batchSize: options.batchSize,
      optimizer: 'adam',
      learningRate: options.learningRate,
      learningRateDecay: options.learningRateDecay,
      filters: options.network.filters,
      hiddenUnits: options.network.hiddenUnits,
      dropout: options.network.dropout,
      validationFraction: options.validationFraction,
      trainingSamples: trained.trainingSamples,
      validationSamples: trained.validationSamples,
    },
    validation: {
      loss: trained.best.validationLoss,
      accuracy: trained.best.validationAccuracy,
      macroF1: trained.best.validationMacroF1,
    },
    engine: { name: 'tfjs', backend: trained.backend.name, version: trained.backend.version },
  };
  return `${JSON.stringify(metadata, undefined, 2)}\n`;
}
