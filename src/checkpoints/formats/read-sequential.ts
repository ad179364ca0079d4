/** Checkpoints of every format that gives a SequentialModel, read into one. */
import { architectureFor } from '../architectures/architecture-for';
import { bindStateDict } from '../architectures/bind-state-dict';
import {
  completePreprocessing,
  defaultPreprocessing,
  type ModelEnds,
  type Preprocessing,
} from '../preprocessing';
import type { CheckpointFiles, CheckpointFormat } from './checkpoint-files';
import { checkpointInvalid } from './checkpoint-invalid';
import { readPytorchStateDict } from './pytorch/read-pytorch';
import { readSafetensors } from './safetensors/read-safetensors';
import { endsInSoftmax, type SequentialModel } from './sequential-model';
import type { StateDict } from './state-dict';
import { readTfjsLayers } from './tfjs-layers';

export const SEQUENTIAL_FORMATS = ['tfjs-layers', 'pytorch-state-dict', 'safetensors'] as const;
export type SequentialFormat = (typeof SEQUENTIAL_FORMATS)[number];

export interface ReadSequential {
  model: SequentialModel;
  ends: ModelEnds;
  /** What the checkpoint itself says, or the default. */
  preprocessing: Preprocessing;
  /** Where the description names them. */
  classNames: readonly string[] | undefined;
}

export function isSequential(
  checkpoint: CheckpointFiles,
): checkpoint is CheckpointFiles & { format: SequentialFormat } {
  return (SEQUENTIAL_FORMATS as readonly CheckpointFormat[]).includes(checkpoint.format);
}

/**
 * @throws UserError what the reader of the format throws; for state dicts CHECKPOINT_ARCHITECTURE_INVALID,
 *   CHECKPOINT_LAYERS_MISMATCH and CHECKPOINT_TENSORS_MISMATCH too
 */
export function readSequential(
  checkpoint: CheckpointFiles & { format: SequentialFormat },
): ReadSequential {
  if (checkpoint.format === 'tfjs-layers') {
    const model = readTfjsLayers(checkpoint);
    const ends = endsOf(model);
    return { model, ends, preprocessing: defaultPreprocessing(ends), classNames: undefined };
  }
  const stateDict = readStateDict(checkpoint);
  const architecture = architectureFor(stateDict, stateDictFiles(checkpoint).sidecar);
  const model = bindStateDict(architecture, stateDict);
  const ends = endsOf(model);
  return {
    model,
    ends,
    preprocessing: completePreprocessing(architecture.preprocessing, ends),
    classNames: architecture.classNames,
  };
}

/** @throws UserError what the reader of the format throws */
export function readStateDict(checkpoint: CheckpointFiles): StateDict {
  const { weights } = stateDictFiles(checkpoint);
  return checkpoint.format === 'safetensors'
    ? readSafetensors(weights)
    : readPytorchStateDict(weights);
}

/** The two files of a state dict: its weights, and the YAML that describes it where there is one. */
export function stateDictFiles(checkpoint: Pick<CheckpointFiles, 'files'>): {
  weights: Uint8Array;
  sidecar: Uint8Array | undefined;
} {
  const names = [...checkpoint.files.keys()];
  const isYaml = (name: string): boolean => name.endsWith('.yaml');
  const [weightName = '', ...others] = names.filter((name) => !isYaml(name));
  const sidecars = names.filter(isYaml);
  const weights = checkpoint.files.get(weightName);
  if (weights === undefined || others.length > 0 || sidecars.length > 1) {
    throw checkpointInvalid(
      'a state dict is one file of weights and at most one YAML file that describes it',
    );
  }
  return { weights, sidecar: checkpoint.files.get(sidecars[0] ?? '') };
}

function endsOf(model: SequentialModel): ModelEnds {
  return { channels: model.inputShape.channels, endsInSoftmax: endsInSoftmax(model) };
}
