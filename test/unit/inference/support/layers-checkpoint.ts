/** Makes small tfjs layers models by hand: their JSON, their weights, and checkpoints of both. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {
  checkpointDigest,
  checkpointSize,
} from '../../../../src/checkpoints/formats/checkpoint-digest';
import type { CheckpointFiles } from '../../../../src/checkpoints/formats/checkpoint-files';

export interface StoredWeight {
  name: string;
  shape: number[];
  values: Float32Array;
}

export type LayerJson = { class_name: string; config: Record<string, unknown> };

/** Numbers in −1…1, the same for the same seed. */
export function randomValues(count: number, seed: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

export function randomWeight(name: string, shape: number[], seed: number): StoredWeight {
  const count = shape.reduce((product, size) => product * size, 1);
  return { name, shape, values: randomValues(count, seed) };
}

export function modelJson(
  layers: readonly LayerJson[],
  weights: readonly StoredWeight[],
  paths: readonly string[] = ['weights.bin'],
): Record<string, unknown> {
  return {
    format: 'layers-model',
    modelTopology: { class_name: 'Sequential', config: { name: 'net', layers } },
    weightsManifest: [
      { paths, weights: weights.map(({ name, shape }) => ({ name, shape, dtype: 'float32' })) },
    ],
  };
}

export function weightBytes(weights: readonly StoredWeight[]): Uint8Array {
  return Buffer.concat(weights.map(({ values }) => Buffer.from(values.buffer)));
}

export function checkpointOf(files: Record<string, Uint8Array>): CheckpointFiles {
  const map = new Map(Object.entries(files));
  const format = map.has('model.json') ? 'tfjs-layers' : 'onnx';
  return { format, digest: checkpointDigest(map), files: map, sizeBytes: checkpointSize(map) };
}

export function layersCheckpoint(
  layers: readonly LayerJson[],
  weights: readonly StoredWeight[],
): CheckpointFiles {
  return checkpointOf({
    'model.json': Buffer.from(JSON.stringify(modelJson(layers, weights))),
    'weights.bin': weightBytes(weights),
  });
}

/** conv 1→2 3×3 same, ReLU, max-pool 2, flatten, dense 8→3 on images of 4×4. */
export function tinyCnn(): { layers: LayerJson[]; weights: StoredWeight[] } {
  return {
    layers: [
      {
        class_name: 'Conv2D',
        config: {
          name: 'conv',
          batch_input_shape: [null, 4, 4, 1],
          filters: 2,
          kernel_size: [3, 3],
          padding: 'same',
          activation: 'relu',
        },
      },
      { class_name: 'MaxPooling2D', config: { name: 'pool', pool_size: [2, 2] } },
      { class_name: 'Dropout', config: { name: 'drop', rate: 0.2 } },
      { class_name: 'Flatten', config: { name: 'flat' } },
      { class_name: 'Dense', config: { name: 'dense', units: 3 } },
    ],
    weights: [
      randomWeight('conv/kernel', [3, 3, 1, 2], 1),
      randomWeight('conv/bias', [2], 2),
      randomWeight('dense/kernel', [8, 3], 3),
      randomWeight('dense/bias', [3], 4),
    ],
  };
}

export async function temporaryFolder(): Promise<string> {
  return mkdtemp(path.join(os.tmpdir(), 'assay-checkpoint-'));
}

export async function writeFiles(
  folder: string,
  files: Record<string, Uint8Array | string>,
): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await writeFile(path.join(folder, name), content);
  }
}
