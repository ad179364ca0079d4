/** Writes small tfjs layers models to disk: checkpoints of 28×28 grey images and 10 classes. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readCheckpoint } from '../../src/checkpoints/formats/read-checkpoint';
import { readTfjsLayers } from '../../src/checkpoints/formats/tfjs-layers';
import { writeOnnx } from '../../src/inference/onnx/write-onnx';

const SIDE = 28;
const CLASSES = 10;

export interface LayersModelOptions {
  /** Other seeds make other weights, thus other digests. */
  seed?: number;
  /** Filters of the convolutions before the dense layer; none: a linear classifier. */
  filters?: readonly number[];
  classes?: number;
  side?: number;
  /** Instead of the first bias of the dense layer. */
  firstBias?: number;
  metadata?: unknown;
}

interface Layer {
  class_name: string;
  config: Record<string, unknown>;
}

interface Weight {
  name: string;
  shape: number[];
}

/**
 * A few hundred million multiplications an image: 2,000 images take many seconds, batches a fraction of
 * one, so that a test can step in while the run is under way.
 */
export const SLOW_FILTERS = [128, 192, 192] as const;

/** @returns the folder, which then holds model.json, weights.bin and perhaps metadata.json */
export async function writeLayersModel(
  folder: string,
  options: LayersModelOptions = {},
): Promise<string> {
  const { layers, weights } = networkOf(options);
  const values = valuesOf(weights, options.seed ?? 1);
  if (options.firstBias !== undefined) {
    values[values.length - (options.classes ?? CLASSES)] = options.firstBias;
  }
  const model = {
    format: 'layers-model',
    modelTopology: { class_name: 'Sequential', config: { name: 'net', layers } },
    weightsManifest: [
      { paths: ['weights.bin'], weights: weights.map((w) => ({ ...w, dtype: 'float32' })) },
    ],
  };
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'model.json'), JSON.stringify(model));
  await writeFile(path.join(folder, 'weights.bin'), new Uint8Array(values.buffer));
  if (options.metadata !== undefined) {
    await writeFile(path.join(folder, 'metadata.json'), JSON.stringify(options.metadata));
  }
  return folder;
}

/** The same network as one ONNX file. */
export async function writeOnnxModel(
  file: string,
  folder: string,
  options: LayersModelOptions = {},
): Promise<string> {
  const layers = await readCheckpoint(await writeLayersModel(folder, options));
  await writeFile(file, writeOnnx(readTfjsLayers(layers)));
  return file;
}

function networkOf({ filters = [], classes = CLASSES, side = SIDE }: LayersModelOptions) {
  const layers: Layer[] = [];
  const weights: Weight[] = [];
  let channels = 1;
  for (const [index, count] of filters.entries()) {
    const name = `conv${index}`;
    const config = { name, filters: count, kernel_size: [3, 3], padding: 'same' };
    layers.push({ class_name: 'Conv2D', config: { ...config, activation: 'relu' } });
    weights.push({ name: `${name}/kernel`, shape: [3, 3, channels, count] });
    weights.push({ name: `${name}/bias`, shape: [count] });
    channels = count;
  }
  layers.push({ class_name: 'Flatten', config: { name: 'flat' } });
  layers.push({ class_name: 'Dense', config: { name: 'dense', units: classes } });
  weights.push({ name: 'dense/kernel', shape: [side * side * channels, classes] });
  weights.push({ name: 'dense/bias', shape: [classes] });
  Object.assign(layers[0]?.config ?? {}, { batch_input_shape: [null, side, side, 1] });
  return { layers, weights };
}

/** Evenly in ±1/√n of each tensor's n inputs, so that no layer's outputs grow. */
function valuesOf(weights: readonly Weight[], seed: number): Float32Array<ArrayBuffer> {
  const counts = weights.map(({ shape }) => shape.reduce((product, size) => product * size, 1));
  const values = new Float32Array(counts.reduce((sum, count) => sum + count, 0));
  let state = seed >>> 0;
  let at = 0;
  for (const [index, count] of counts.entries()) {
    const bound = Math.sqrt(count / (weights[index]?.shape.at(-1) ?? 1));
    for (const end = at + count; at < end; at++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      values[at] = (state / 2 ** 31 - 1) / bound;
    }
  }
  return values;
}
