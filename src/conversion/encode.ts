/** Encodes a model in a format: the files of the new checkpoint by name. */
import path from 'node:path';
import { stateDictOf } from '../checkpoints/formats/writers/state-dict-of';
import { writeArchitecture } from '../checkpoints/formats/writers/write-architecture';
import { writePytorch } from '../checkpoints/formats/writers/write-pytorch';
import { writeSafetensors } from '../checkpoints/formats/writers/write-safetensors';
import { writeTfjsLayers } from '../checkpoints/formats/writers/write-tfjs-layers';
import { writeOnnx } from '../inference/onnx/write-onnx';
import { UserError } from '../errors';
import type { ConversionSource } from './source';
import type { Target } from './target';

/**
 * A state dict comes with the YAML that describes its network: the source's own where its tensors keep their
 * names, else one that is written here.
 *
 * @throws UserError CONVERT_LAYER_UNSUPPORTED where the format has no words for a layer; CONVERT_NO_WEIGHTS
 */
export function encode(source: ConversionSource, target: Target): Map<string, Uint8Array> {
  const { model } = source;
  // A state dict without tensors is no file that any reader takes, and nothing was trained.
  if (!model.layers.some((layer) => 'weight' in layer)) throw noWeights();
  const name = path.basename(target.path);
  switch (target.format) {
    case 'onnx':
      return new Map([[name, writeOnnx(model)]]);
    case 'tfjs':
      return writeTfjsLayers(model);
    case 'pth':
    case 'safetensors': {
      const { stateDict, layerNames, keptNames } = stateDictOf(model);
      const weights =
        target.format === 'pth' ? writePytorch(stateDict) : writeSafetensors(stateDict);
      const own = keptNames ? source.sidecar : undefined;
      const sidecar = own ?? Buffer.from(writeArchitecture(source, layerNames));
      return new Map<string, Uint8Array>([
        [name, weights],
        [`${path.parse(name).name}.yaml`, sidecar],
      ]);
    }
  }
}

function noWeights(): UserError {
  return new UserError(
    'CONVERT_NO_WEIGHTS',
    "The checkpoint can't be converted: none of its layers has weights, so there is nothing trained in it. " +
      'Give the checkpoint of a trained network.',
  );
}
