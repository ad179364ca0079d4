/** The measure that the service's own path is held against: forward passes by onnxruntime-node and nothing else. */
import os from 'node:os';
import * as ort from 'onnxruntime-node';
import type { Split } from '../../src/datasets/dataset';
import { DEFAULT_BATCH_SIZE } from '../../src/inference/batch-size';

export interface BareSession {
  /** Runs the whole split. @returns milliseconds of `session.run` alone */
  pass(): Promise<number>;
  release(): Promise<void>;
}

/**
 * A session with the settings of the `onnx` engine on a split of one-channel images. Loading, one warm pass, and
 * turning bytes into batches of float32 are done when it is given out.
 *
 * @param model the bytes of an ONNX file with one input, batch free
 */
export async function openBareSession(
  model: Uint8Array,
  split: Split,
  batchSize: number,
): Promise<BareSession> {
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ['cpu'],
    intraOpNumThreads: os.availableParallelism(),
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
  });
  const release = () => session.release();
  try {
    const [input] = session.inputNames;
    if (input === undefined) throw new Error('the ONNX model has no input');
    const batches = tensorsOf(split, batchSize);
    const pass = async (): Promise<number> => {
      const started = performance.now();
      for (const batch of batches) await session.run({ [input]: batch });
      return performance.now() - started;
    };
    await pass();
    return { pass, release };
  } catch (error) {
    await release();
    throw error;
  }
}

/**
 * @param passes how often the whole split is run
 * @returns milliseconds of each pass, as `openBareSession` says
 */
export async function bareOnnxruntime(
  model: Uint8Array,
  split: Split,
  { batchSize = DEFAULT_BATCH_SIZE, passes = 1 }: { batchSize?: number; passes?: number } = {},
): Promise<number[]> {
  const session = await openBareSession(model, split, batchSize);
  try {
    const times: number[] = [];
    for (let i = 0; i < passes; i++) times.push(await session.pass());
    return times;
  } finally {
    await session.release();
  }
}

function tensorsOf(split: Split, batchSize: number): ort.Tensor[] {
  const { height, width, channels } = split.imageShape;
  if (channels !== 1) throw new Error('the bare run takes images of one channel');
  const size = height * width;
  const batches: ort.Tensor[] = [];
  for (let first = 0; first < split.sampleCount; first += batchSize) {
    const count = Math.min(batchSize, split.sampleCount - first);
    const bytes = split.images.subarray(first * size, (first + count) * size);
    const values = Float32Array.from(bytes, (byte) => byte / 255);
    batches.push(new ort.Tensor('float32', values, [count, 1, height, width]));
  }
  return batches;
}
