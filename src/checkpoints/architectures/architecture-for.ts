/** Which architecture a state dict has: what the YAML beside it says, else the built-in network. */
import { type Architecture, fittedLayers } from './architecture';
import { prefixOf, type TensorShapes } from './bind-state-dict';
import { fashionCnnLayers, fashionCnnSize } from './fashion-cnn';
import { parseArchitecture } from './parse-architecture';

/**
 * @param tensors names and shapes of the state dict
 * @param sidecar the bytes of the YAML file, undefined where there is none
 * @throws UserError CHECKPOINT_ARCHITECTURE_INVALID, CHECKPOINT_LAYERS_MISMATCH
 */
export function architectureFor(
  tensors: TensorShapes,
  sidecar: Uint8Array | undefined,
): Architecture {
  const prefix = prefixOf(tensors, ['0.weight', '10.bias']);
  const size = fashionCnnSize((name) => tensors.get(prefix + name)?.shape);
  if (sidecar !== undefined) return parseArchitecture(sidecar, size);
  const { layers } = fittedLayers(size.inputShape, fashionCnnLayers(size));
  return { ...size, layers, classNames: undefined, preprocessing: {} };
}
