/** Runs two checkpoints on the same images and says how far their outputs are apart. */
import type { CheckpointFiles } from '../checkpoints/formats/checkpoint-files';
import type { Preprocessing } from '../checkpoints/preprocessing';
import type { SequentialModel } from '../checkpoints/formats/sequential-model';
import type { ImageShape, Split } from '../datasets/dataset';
import { createSampleSet } from '../datasets/sample-shapes/sample-shapes.source';
import type { ShardEvaluator, ShardRequest } from '../inference/shard-evaluator';

export interface Comparison {
  images: number;
  /** Of any output of any image, absolute; NaN where one gives more outputs than the other. */
  largestDifference: number;
}

const IMAGES = 256;
const BATCH = 32;
/** Large images are fewer: a pass over 256 of 512×512 would take minutes. */
const MAX_IMAGE_BYTES = 4 * 2 ** 20;
const SEED = 0x5eed;

/**
 * @param preprocessing of both; left out for the second where it says it itself
 * @throws UserError what the evaluator throws, as LOGITS_NOT_FINITE; the signal's reason
 */
export async function compareOutputs(
  evaluator: ShardEvaluator,
  first: CheckpointFiles,
  second: { checkpoint: CheckpointFiles; saysPreprocessing: boolean },
  preprocessing: Preprocessing,
  { inputShape, classCount }: SequentialModel,
  signal: AbortSignal | undefined,
): Promise<Comparison> {
  const split = await splitOf(inputShape, classCount);
  const outputsOf = async (parts: Pick<ShardRequest, 'checkpoint' | 'preprocessing'>) => {
    const { logits } = await evaluator.evaluate({
      engine: 'onnx',
      split,
      firstSample: 0,
      sampleCount: split.sampleCount,
      batchSize: BATCH,
      ...parts,
      ...(signal && { signal }),
    });
    return logits;
  };
  const expected = await outputsOf({ checkpoint: first, preprocessing });
  const { checkpoint, saysPreprocessing } = second;
  const found = await outputsOf({ checkpoint, ...(!saysPreprocessing && { preprocessing }) });
  let largest = found.length === expected.length ? 0 : Number.NaN;
  // NaN wins over every number, and stays.
  for (const [i, value] of expected.entries()) {
    largest = Math.max(largest, Math.abs(value - (found[i] ?? Number.NaN)));
  }
  return { images: split.sampleCount, largestDifference: largest };
}

/** The labels say nothing: only the outputs are looked at. */
async function splitOf(imageShape: ImageShape, classCount: number): Promise<Split> {
  const images = await imagesOf(imageShape);
  const sampleCount = images.byteLength / sizeOf(imageShape);
  const labels = new Uint16Array(new SharedArrayBuffer(2 * sampleCount));
  return { name: 'check', digest: '', sampleCount, classCount, imageShape, images, labels };
}

/** Drawings of the built-in sample set where they fit, else noise from a fixed seed. */
async function imagesOf(shape: ImageShape): Promise<Uint8Array<SharedArrayBuffer>> {
  const size = sizeOf(shape);
  const samples = createSampleSet();
  const { imageShape } = await samples.describe();
  const fits =
    imageShape.height === shape.height &&
    imageShape.width === shape.width &&
    imageShape.channels === shape.channels;
  if (fits) return (await samples.loadSplit('test')).images.subarray(0, IMAGES * size);
  const count = Math.max(1, Math.min(IMAGES, Math.floor(MAX_IMAGE_BYTES / size)));
  return noise(count * size);
}

function sizeOf({ height, width, channels }: ImageShape): number {
  return height * width * channels;
}

/** Bytes of the linear congruential generator of Numerical Recipes, which are the same everywhere. */
function noise(length: number): Uint8Array<SharedArrayBuffer> {
  const bytes = new Uint8Array(new SharedArrayBuffer(length));
  let state = SEED;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}
