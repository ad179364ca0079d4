/** Checkpoints in memory, trained or hand-made, for tests of the engine. */
import { checkpointDigest } from '../../../src/checkpoints/formats/checkpoint-digest';
import type { CheckpointFiles } from '../../../src/checkpoints/formats/checkpoint-files';

export function checkpointOf(modelJson: unknown, weights: Uint8Array): CheckpointFiles {
  const text = typeof modelJson === 'string' ? modelJson : JSON.stringify(modelJson);
  const files = new Map([
    ['model.json', new Uint8Array(Buffer.from(text))],
    ['weights.bin', weights],
  ]);
  const sizeBytes = text.length + weights.length;
  return { format: 'tfjs-layers', digest: checkpointDigest(files), files, sizeBytes };
}

export interface LayerJson {
  class_name: string;
  config: Record<string, unknown>;
}

export function modelJson(
  layers: LayerJson[],
  weights: { name: string; shape: number[] }[],
): Record<string, unknown> {
  return {
    format: 'layers-model',
    modelTopology: { class_name: 'Sequential', config: { name: 'small', layers } },
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: weights.map((weight) => ({ ...weight, dtype: 'float32' })),
      },
    ],
  };
}

/** Two pixels in, two logits out: the kernel of its only dense layer is [[1, 2], [3, 4]], the bias [10, 20]. */
export function tinyLayers(activation = 'linear'): LayerJson[] {
  return [
    {
      class_name: 'Flatten',
      config: { name: 'flat', batch_input_shape: [null, 1, 2, 1], dtype: 'float32' },
    },
    { class_name: 'Dense', config: { name: 'out', units: 2, activation, use_bias: true } },
  ];
}

export const TINY_WEIGHTS = [
  { name: 'out/kernel', shape: [2, 2] },
  { name: 'out/bias', shape: [2] },
];

export const TINY_VALUES = new Uint8Array(Float32Array.of(1, 2, 3, 4, 10, 20).buffer);
