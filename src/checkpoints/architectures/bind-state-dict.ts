/** Puts the tensors of a state dict into the layers of an architecture, and says all that does not fit. */
import { UserError } from '../../errors';
import { itemized, listed, quoted } from '../formats/checkpoint-invalid';
import type { LayerSpec } from '../formats/layer-spec';
import { sequentialModel } from '../formats/model-shapes';
import type { SequentialLayer, SequentialModel, Tensor } from '../formats/sequential-model';
import type { StateDict } from '../formats/state-dict';
import type { Architecture } from './architecture';

/** What is known of tensors before their values are read. */
export type TensorShapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/** How many batches a batch norm was trained on; it does nothing at inference. */
const BATCH_COUNT = 'num_batches_tracked';
/** Of modules inside modules around the layers. */
const MAX_PREFIX_PARTS = 8;

/**
 * @returns a model whose layers have the names that their tensors have, prefix included; it shares its values
 *   with the state dict
 * @throws UserError CHECKPOINT_TENSORS_MISMATCH as checkTensors, CHECKPOINT_LAYERS_MISMATCH
 */
export function bindStateDict(architecture: Architecture, stateDict: StateDict): SequentialModel {
  const { layers, inputShape } = architecture;
  const prefix = checkTensors(layers, stateDict);
  const tensor = (name: string): Tensor => {
    const found = stateDict.get(prefix + name);
    if (found === undefined) throw new RangeError(`the tensor ${name} was not checked`);
    return { shape: found.shape, data: found.values };
  };
  return sequentialModel(
    inputShape,
    layers.map((layer) => bound(layer, prefix, tensor)),
  );
}

/**
 * Holds names and shapes against what the layers need; nothing may be missing or left over, but for
 * `num_batches_tracked`.
 *
 * @returns what stands before each name, as `model.` in the state dict of a module that has the network as its
 *   attribute `model`
 * @throws UserError CHECKPOINT_TENSORS_MISMATCH with every tensor that does not fit, by name
 */
export function checkTensors(layers: readonly LayerSpec[], tensors: TensorShapes): string {
  const needed = layers.flatMap(tensorsOf);
  const prefix = prefixOf(
    tensors,
    needed.map(({ name }) => name),
  );
  const expected = new Set<string>();
  const problems = needed.flatMap(({ name, shape }) => {
    const full = prefix + name;
    const found = tensors.get(full);
    if (expected.has(full)) return [`${quoted(full)} is used by two layers of one name`];
    expected.add(full);
    if (found === undefined) return [`${quoted(full)} [${shape.join(', ')}] is missing`];
    if (found.shape.join() === shape.join()) return [];
    return [`${quoted(full)} has the shape [${found.shape.join(', ')}], not [${shape.join(', ')}]`];
  });
  for (const layer of layers) {
    if (layer.kind === 'batchNorm2d') expected.add(`${prefix}${layer.name}.${BATCH_COUNT}`);
  }
  for (const [name, { shape }] of tensors) {
    if (!expected.has(name)) problems.push(`${quoted(name)} [${shape.join(', ')}] is not expected`);
  }
  if (problems.length > 0) throw tensorsMismatch(problems);
  return prefix;
}

/** The shortest beginning that all names share and under which any of the needed ones is there. */
export function prefixOf(tensors: TensorShapes, needed: readonly string[]): string {
  const names = [...tensors.keys()];
  const parts = names[0]?.split('.') ?? [];
  for (let count = 0; count <= Math.min(MAX_PREFIX_PARTS, parts.length - 1); count++) {
    const prefix = parts
      .slice(0, count)
      .map((part) => `${part}.`)
      .join('');
    if (!names.every((name) => name.startsWith(prefix))) break;
    if (needed.some((name) => tensors.has(prefix + name))) return prefix;
  }
  return '';
}

interface NeededTensor {
  name: string;
  shape: readonly number[];
}

function tensorsOf(layer: LayerSpec): NeededTensor[] {
  switch (layer.kind) {
    case 'conv2d': {
      const { name, inputs, outputs, kernel } = layer;
      return withBias(layer, { name: `${name}.weight`, shape: [outputs, inputs, ...kernel] });
    }
    case 'dense': {
      const { name, inputs, outputs } = layer;
      return withBias(layer, { name: `${name}.weight`, shape: [outputs, inputs] });
    }
    case 'batchNorm2d': {
      const parts = ['weight', 'bias', 'running_mean', 'running_var'];
      return parts.map((part) => ({ name: `${layer.name}.${part}`, shape: [layer.channels] }));
    }
    default:
      return [];
  }
}

function withBias(
  { name, outputs, bias }: { name: string; outputs: number; bias: boolean },
  weight: NeededTensor,
): NeededTensor[] {
  return bias ? [weight, { name: `${name}.bias`, shape: [outputs] }] : [weight];
}

function bound(
  layer: LayerSpec,
  prefix: string,
  tensor: (name: string) => Tensor,
): SequentialLayer {
  switch (layer.kind) {
    case 'conv2d': {
      const { kind, name, strides, padding } = layer;
      const bias = layer.bias ? tensor(`${name}.bias`) : undefined;
      return {
        kind,
        name: prefix + name,
        weight: tensor(`${name}.weight`),
        bias,
        strides,
        padding,
      };
    }
    case 'dense': {
      const { kind, name } = layer;
      const bias = layer.bias ? tensor(`${name}.bias`) : undefined;
      return { kind, name: prefix + name, weight: tensor(`${name}.weight`), bias };
    }
    case 'batchNorm2d': {
      const { kind, name, epsilon } = layer;
      return {
        kind,
        name: prefix + name,
        weight: tensor(`${name}.weight`),
        bias: tensor(`${name}.bias`),
        runningMean: tensor(`${name}.running_mean`),
        runningVar: tensor(`${name}.running_var`),
        epsilon,
      };
    }
    default:
      return layer;
  }
}

function tensorsMismatch(problems: readonly string[]): UserError {
  return new UserError(
    'CHECKPOINT_TENSORS_MISMATCH',
    `The weights do not fit the architecture: ${listed(problems)}. ` +
      'Describe the network that they belong to in a YAML file of the same name beside them.',
    { details: { tensors: itemized(problems) } },
  );
}
