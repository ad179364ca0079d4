/** Says what a checkpoint takes and gives without holding its weights, however large they are. */
import type { CheckpointFormat } from './checkpoint-files';
import {
  type CheckpointDescription,
  describeOnnx,
  describeStateDict,
  describeTfjsIndex,
} from './describe-checkpoint';
import { readOnnxIndex } from './onnx/read-onnx-index';
import { readPytorchIndex } from './read-pytorch-index';
import { readSafetensorsHeader } from './safetensors/read-safetensors';
import { sidecarOf, type Sources, tfjsJsonOf, weightsOf } from './sources';

/**
 * @param sources the files by name, as they are in the store
 * @throws UserError as describeCheckpoint; the values of weights are not looked at
 */
export async function describeSources(
  format: CheckpointFormat,
  sources: Sources,
): Promise<CheckpointDescription> {
  switch (format) {
    case 'onnx':
      return describeOnnx(await readOnnxIndex(weightsOf(sources)));
    case 'pytorch-state-dict':
      return describeStateDict(
        await readPytorchIndex(weightsOf(sources)),
        await sidecarOf(sources),
      );
    case 'safetensors':
      return describeStateDict(
        await readSafetensorsHeader(weightsOf(sources)),
        await sidecarOf(sources),
      );
    case 'tfjs-layers':
    case 'tfjs-graph':
      return describeTfjs(format, sources);
  }
}

/** Only its JSON is read: the weight files were held against the manifest when they came. */
async function describeTfjs(
  format: 'tfjs-layers' | 'tfjs-graph',
  sources: Sources,
): Promise<CheckpointDescription> {
  return describeTfjsIndex(format, await tfjsJsonOf(sources));
}
