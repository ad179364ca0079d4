/** The weights of a model as a state dict, under the names that its layers have. */
import type { SequentialLayer, SequentialModel, Tensor } from '../sequential-model';
import type { NamedTensor, StateDict } from '../state-dict';

export interface NamedStateDict {
  stateDict: StateDict;
  /** What the tensors of each layer are called before `.weight`; undefined for layers without weights. */
  layerNames: readonly (string | undefined)[];
  /** Whether they are the names that the layers came with. */
  keptNames: boolean;
}

/** Letters, digits and _, in parts with points between: what attributes of a torch.nn.Module can be called. */
const MODULE_NAME = /^(?=.{1,200}$)\w+(\.\w+){0,15}$/;

/**
 * Layers keep the names that they came with. Where any of them has none that a module can have, or two have
 * the same, all are called by their position in the list, as in torch.nn.Sequential.
 *
 * @returns a state dict that shares its values with the model
 */
export function stateDictOf({ layers }: SequentialModel): NamedStateDict {
  const given = layers.flatMap((layer) => ('weight' in layer ? [layer.name] : []));
  const usable =
    given.every((name) => MODULE_NAME.test(name)) && new Set(given).size === given.length;
  const layerNames = layers.map((layer, position) => {
    if (!('weight' in layer)) return undefined;
    return usable ? layer.name : String(position);
  });
  const stateDict = new Map<string, NamedTensor>();
  for (const [position, layer] of layers.entries()) {
    for (const [part, tensor] of tensorsOf(layer)) {
      const { shape, data } = tensor;
      stateDict.set(`${layerNames[position] ?? ''}.${part}`, {
        dtype: 'float32',
        shape,
        values: data,
      });
    }
  }
  return { stateDict, layerNames, keptNames: usable };
}

function tensorsOf(layer: SequentialLayer): [part: string, tensor: Tensor][] {
  if (!('weight' in layer)) return [];
  const { weight, bias } = layer;
  const trained: [string, Tensor][] = bias
    ? [
        ['weight', weight],
        ['bias', bias],
      ]
    : [['weight', weight]];
  if (layer.kind !== 'batchNorm2d') return trained;
  return [...trained, ['running_mean', layer.runningMean], ['running_var', layer.runningVar]];
}
