/** State dicts in memory, and checkpoints of them as PyTorch files with a description beside. */
import {
  checkpointDigest,
  checkpointSize,
} from '../../../src/checkpoints/formats/checkpoint-digest';
import type { CheckpointFiles } from '../../../src/checkpoints/formats/checkpoint-files';
import type { NamedTensor, StateDict } from '../../../src/checkpoints/formats/state-dict';
import { writeSafetensors } from '../../../src/checkpoints/formats/writers/write-safetensors';
import { randomValues } from '../inference/support/layers-checkpoint';

/** Random values in ±1/√n of each tensor's n inputs, variances above 0; the same for the same shapes. */
export function randomStateDict(shapes: Record<string, readonly number[]>): StateDict {
  const tensors = Object.entries(shapes).map(([name, shape], i): [string, NamedTensor] => {
    const count = shape.reduce((product, size) => product * size, 1);
    const inputs = shape.slice(1).reduce((product, size) => product * size, 1);
    const values = randomValues(count, i + 1).map((value) =>
      name.endsWith('running_var') ? 1.5 + value : value * Math.sqrt(3 / inputs),
    );
    return [name, { dtype: 'float32', shape, values }];
  });
  return new Map(tensors);
}

export function safetensorsCheckpoint(stateDict: StateDict, yaml?: string): CheckpointFiles {
  const files = new Map<string, Uint8Array>([['net.safetensors', writeSafetensors(stateDict)]]);
  if (yaml !== undefined) files.set('net.yaml', Buffer.from(yaml));
  return {
    format: 'safetensors',
    digest: checkpointDigest(files),
    files,
    sizeBytes: checkpointSize(files),
  };
}
