/** The refusals of safetensors files: one stable code for each thing that can be wrong, and what to do about it. */
import { UserError } from '../../../errors';

/** Once published, a code does not change its meaning. */
export type SafetensorsErrorCode =
  | 'SAFETENSORS_EMPTY'
  | 'SAFETENSORS_TRUNCATED'
  | 'SAFETENSORS_HEADER_TOO_LARGE'
  | 'SAFETENSORS_HEADER_INVALID'
  | 'SAFETENSORS_HEADER_NESTED'
  | 'SAFETENSORS_DUPLICATE_KEY'
  | 'SAFETENSORS_METADATA'
  | 'SAFETENSORS_NO_TENSORS'
  | 'SAFETENSORS_LIMIT'
  | 'SAFETENSORS_DTYPE'
  | 'SAFETENSORS_SHAPE'
  | 'SAFETENSORS_OFFSETS'
  | 'SAFETENSORS_SIZE_MISMATCH'
  | 'SAFETENSORS_OVERLAP'
  | 'SAFETENSORS_HOLE'
  | 'SAFETENSORS_TRAILING_BYTES';

/** For files that no writer intended. */
const FETCH_AGAIN =
  'The file is damaged or was not written by a safetensors library: copy or download it again, ' +
  'or save it again with safetensors.torch.save_file(model.state_dict(), path).';

/**
 * @param found what is wrong, as the end of a sentence without its full stop; text out of the file quoted
 * @param advice what to do next, in whole sentences
 */
export function safetensorsError(
  code: SafetensorsErrorCode,
  found: string,
  advice = FETCH_AGAIN,
  details?: Record<string, unknown>,
): UserError {
  const message = `The safetensors file is refused: ${found}. ${advice}`;
  return new UserError(code, message, details === undefined ? {} : { details });
}
