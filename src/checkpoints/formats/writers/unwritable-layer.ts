/** The refusal of a layer that a format has no words for. */
import { UserError } from '../../../errors';
import type { LayerSpec } from '../layer-spec';
import { wordsOf } from '../sequential-model';

/**
 * @param position of the layer in its list, from 0
 * @param reason why it can't be said, as the end of a sentence without its full stop
 */
export function unwritableLayer(
  format: string,
  spec: LayerSpec,
  position: number,
  reason: string,
): UserError {
  return new UserError(
    'CONVERT_LAYER_UNSUPPORTED',
    `Layer ${position} (${wordsOf(spec)}) can't be written as ${format}: ${reason}. ` +
      'Convert to onnx, which has all layers.',
    { details: { layer: position, kind: spec.kind } },
  );
}
