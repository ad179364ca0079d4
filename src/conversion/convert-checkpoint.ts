/** Converts a checkpoint from one format to another, and gives out only what computes the same. */
import type { CheckpointFiles, CheckpointFormat } from '../checkpoints/formats/checkpoint-files';
import { readCheckpoint } from '../checkpoints/formats/read-checkpoint';
import {
  defaultPreprocessing,
  type Preprocessing,
  preprocessingDigest,
} from '../checkpoints/preprocessing';
import { endsInSoftmax } from '../checkpoints/formats/sequential-model';
import { OperationalError, UserError } from '../errors';
import type { ShardEvaluator } from '../inference/shard-evaluator';
import { compareOutputs, type Comparison } from './compare-outputs';
import { encode } from './encode';
import { type ConversionSource, readSource } from './source';
import { StagedFiles } from './staged-files';
import { type TargetFormat, targetOf } from './target';

/** Absolute, of any output. The same weights in another order of sums differ by some 1e-6. */
const MAX_DIFFERENCE = 1e-4;

export interface ConvertRequest {
  from: string;
  to: string;
  format?: TargetFormat;
  /** A YAML file that describes the network of a state dict. */
  architecture?: string;
  force?: boolean;
  signal?: AbortSignal;
}

export interface ConvertedCheckpoint {
  format: CheckpointFormat;
  digest: string;
  sizeBytes: number;
}

export interface Conversion extends Comparison {
  from: ConvertedCheckpoint;
  to: ConvertedCheckpoint;
  /** Their paths. */
  files: string[];
  /**
   * What the new checkpoint needs and can not say itself, so that it must be given when it is registered:
   * undefined where it says it, or where it is the default.
   */
  preprocessingToGive: Preprocessing | undefined;
}

/**
 * Writes the new checkpoint beside its place, reads it back, runs it and the source on the same images and puts
 * it in its place where no output differs by more than 1e-4. Else, and on any error, nothing is left behind.
 *
 * @param evaluator runs both
 * @throws UserError what readSource and targetOf throw; CONVERT_LAYER_UNSUPPORTED, CONVERT_NO_WEIGHTS,
 *   CONVERT_DIFFERS, CONVERT_TARGET_EXISTS, CONVERT_TARGET_OCCUPIED; what the evaluator throws, as LOGITS_NOT_FINITE;
 *   OperationalError CONVERT_NOT_WRITTEN, CONVERT_INTERRUPTED
 */
export async function convertCheckpoint(
  evaluator: ShardEvaluator,
  request: ConvertRequest,
): Promise<Conversion> {
  try {
    return await convert(evaluator, request);
  } catch (error) {
    if (request.signal?.aborted !== true) throw error;
    throw new OperationalError(
      'CONVERT_INTERRUPTED',
      'The conversion was interrupted; nothing was written.',
      { cause: error },
    );
  }
}

async function convert(evaluator: ShardEvaluator, request: ConvertRequest): Promise<Conversion> {
  const { from, to, format, architecture, force = false, signal } = request;
  const target = targetOf(to, format);
  const source = await readSource(from, architecture);
  signal?.throwIfAborted();
  const staged = await StagedFiles.write(target, encode(source, target), force);
  try {
    const result = await readCheckpoint(staged.path);
    const saysPreprocessing =
      result.format === 'pytorch-state-dict' || result.format === 'safetensors';
    const { checkpoint, model, preprocessing } = source;
    const comparison = await compareOutputs(
      evaluator,
      checkpoint,
      { checkpoint: result, saysPreprocessing },
      preprocessing,
      model,
      signal,
    );
    checkDifference(comparison);
    signal?.throwIfAborted();
    return {
      ...comparison,
      from: summaryOf(checkpoint),
      to: summaryOf(result),
      files: await staged.keep(),
      preprocessingToGive: saysPreprocessing || isDefault(source) ? undefined : preprocessing,
    };
  } finally {
    await staged.discard();
  }
}

function checkDifference({ images, largestDifference }: Comparison): void {
  if (largestDifference <= MAX_DIFFERENCE) return;
  throw new UserError(
    'CONVERT_DIFFERS',
    `The conversion is refused: on ${images} images the outputs differ by up to ` +
      `${largestDifference.toPrecision(3)}, and ${MAX_DIFFERENCE} is allowed. Nothing was written; ` +
      'please report it with the checkpoint.',
    { details: { images, largestDifference: String(largestDifference) } },
  );
}

function isDefault({ model, preprocessing }: ConversionSource): boolean {
  const { channels } = model.inputShape;
  const usual = defaultPreprocessing({ channels, endsInSoftmax: endsInSoftmax(model) });
  return preprocessingDigest(usual) === preprocessingDigest(preprocessing);
}

function summaryOf({ format, digest, sizeBytes }: CheckpointFiles): ConvertedCheckpoint {
  return { format, digest, sizeBytes };
}
