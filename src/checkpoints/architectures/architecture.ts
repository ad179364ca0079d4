/** A network without its weights, as a YAML file beside a state dict describes it or as it is built in. */
import type { ImageShape } from '../../datasets/dataset';
import { UserError } from '../../errors';
import { itemized, listed } from '../formats/checkpoint-invalid';
import type { LayerSpec } from '../formats/layer-spec';
import { type Flow, flowThrough, shapesThrough } from '../formats/model-shapes';
import type { PreprocessingInput } from '../preprocessing';

export interface Architecture {
  inputShape: ImageShape;
  classCount: number;
  /**
   * In nn.Sequential order. The name of a layer is what its tensors are called before `.weight`: its position
   * in the list, unless the description gives another.
   */
  layers: readonly LayerSpec[];
  /** Ordered: the position is the class index. */
  classNames: readonly string[] | undefined;
  /** Checked. */
  preprocessing: PreprocessingInput;
}

/** Channels of a batch norm that takes as many as come. */
export const ANY_CHANNELS = 0;

/**
 * The layers with the channels of their batch norms filled in, and how many classes come out.
 *
 * @throws UserError CHECKPOINT_LAYERS_MISMATCH
 */
export function fittedLayers(
  inputShape: ImageShape,
  specs: readonly LayerSpec[],
): { layers: LayerSpec[]; classCount: number } {
  let flow = { kind: 'image', shape: inputShape } as Flow;
  const layers = specs.map((spec, position) => {
    const open = spec.kind === 'batchNorm2d' && spec.channels === ANY_CHANNELS;
    const channels = flow.kind === 'image' ? flow.shape.channels : 0;
    const layer = open ? { ...spec, channels } : spec;
    flow = flowThrough(layer, flow, position);
    return layer;
  });
  const end = shapesThrough(inputShape, layers).at(-1);
  return { layers, classCount: end?.kind === 'features' ? end.count : 0 };
}

/** @param problems whole clauses, each with the path of the value it is about */
export function architectureInvalid(problems: readonly string[]): UserError {
  return new UserError(
    'CHECKPOINT_ARCHITECTURE_INVALID',
    `The description of the architecture is refused: ${listed(problems)}.`,
    { details: { problems: itemized(problems) } },
  );
}
