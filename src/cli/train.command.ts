/** `assay train`: trains the CNN and writes its checkpoint. */
import path from 'node:path';
import { Command } from 'commander';
import { loadConfig, type LoadedConfig } from '../config/load-config';
import { createRegistry } from '../services';
import type { TrainingProgress } from '../training/progress';
import { runTraining } from '../training/run-training';
import { SAMPLE_TRAINING } from '../training/sample-training';
import { DEFAULT_DATASET, SAMPLE_CHECKPOINT, SAMPLE_DATASET } from './default-job';
import { interruptible } from './interruptible';
import type { CommandIo } from './output/command-io';
import { downloadProgress } from './output/download-progress';
import { ProgressBar } from './output/progress-bar';
import { wholeNumber } from './whole-number';

interface TrainFlags {
  dataset: string;
  output?: string;
  epochs?: number;
  seed?: number;
}

export function trainCommand(io: CommandIo): Command {
  return new Command('train')
    .description('train the CNN of config.yaml and write its checkpoint to ckpt_path')
    .option('--dataset <name>', `${DEFAULT_DATASET} or ${SAMPLE_DATASET}`, DEFAULT_DATASET)
    .option('--output <folder>', 'where the checkpoint goes (default: ckpt_path of config.yaml)')
    .option('--epochs <n>', 'instead of train_params.epochs', wholeNumber(1, 10_000))
    .option('--seed <n>', 'instead of train_params.seed', wholeNumber(0, 2 ** 31 - 1))
    .action((flags: TrainFlags) => train(io, flags));
}

async function train(io: CommandIo, flags: TrainFlags): Promise<void> {
  const loaded = loadConfig();
  const interruption = interruptible();
  const download = downloadProgress(io);
  const warn = (message: string) => {
    io.stderr.write(`${message}\n`);
  };
  const preset = presetOf(loaded, flags);
  const epochs = epochLines(io, preset.learning.batchSize);
  try {
    const outcome = await runTraining({
      source: createRegistry(loaded, warn, interruption.signal).get(flags.dataset),
      ...preset,
      onDownload: download.update,
      onProgress: epochs.update,
      signal: interruption.signal,
    });
    epochs.end();
    const { best, backend } = outcome;
    io.stdout.write(
      `Kept epoch ${best.epoch}: validation macro-F1 ${best.validationMacroF1.toFixed(4)}, ` +
        `accuracy ${best.validationAccuracy.toFixed(4)} (${backend.name} ${backend.version}).\n` +
        `Wrote ${outcome.outputFolder}, digest ${outcome.digest}\n`,
    );
  } finally {
    download.end();
    epochs.end();
    interruption.end();
  }
}

/** The sample set has a small network and a checkpoint of its own; all else follows config.yaml. */
function presetOf({ config, folder }: LoadedConfig, flags: TrainFlags) {
  const { lr, lrDecay, epochs, batchSize, seed, validationFraction } = config.trainParams;
  const configured = {
    learning: {
      learningRate: lr,
      learningRateDecay: lrDecay,
      epochs,
      batchSize,
      seed,
      validationFraction,
    },
    outputFolder: path.resolve(folder, config.ckptPath),
  };
  const preset =
    flags.dataset === SAMPLE_DATASET
      ? { ...SAMPLE_TRAINING, outputFolder: SAMPLE_CHECKPOINT }
      : configured;
  return {
    ...preset,
    outputFolder: flags.output ?? preset.outputFolder,
    learning: {
      ...preset.learning,
      ...(flags.epochs !== undefined && { epochs: flags.epochs }),
      ...(flags.seed !== undefined && { seed: flags.seed }),
    },
  };
}

/** A bar for the epoch under way, a line for each that has ended. */
function epochLines(io: CommandIo, batchSize: number) {
  let bar: ProgressBar | undefined;
  const end = () => {
    bar?.end();
    bar = undefined;
  };
  return {
    end,
    update: (progress: TrainingProgress) => {
      if (progress.kind === 'batch') {
        bar ??= new ProgressBar({
          out: io.stderr,
          isTty: io.isTty,
          title: `Epoch ${progress.epoch}/${progress.epochs}`,
          total: progress.batches * batchSize,
          batchSize,
        });
        bar.update(progress.batch * batchSize);
        return;
      }
      end();
      io.stderr.write(
        `Epoch ${progress.epoch}/${progress.epochs}: loss ${progress.loss.toFixed(4)}, validation loss ` +
          `${progress.validationLoss.toFixed(4)}, accuracy ${progress.validationAccuracy.toFixed(4)}, ` +
          `macro-F1 ${progress.validationMacroF1.toFixed(4)}${progress.best ? ' (best)' : ''}, ` +
          `${Math.round(progress.imagesPerSecond).toLocaleString('en')} images/s\n`,
      );
    },
  };
}
