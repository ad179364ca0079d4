/** The refusals of PyTorch files: one stable code for each thing that can be wrong, and what to do about it. */
import { UserError } from '../../../errors';

/** Once published, a code does not change its meaning. */
export type PytorchErrorCode =
  | 'PYTORCH_EMPTY'
  | 'PYTORCH_TRUNCATED'
  | 'PYTORCH_LEGACY_FORMAT'
  | 'PYTORCH_TORCHSCRIPT'
  | 'PYTORCH_WHOLE_MODEL'
  | 'PYTORCH_BIG_ENDIAN'
  | 'PYTORCH_ZIP_INVALID'
  | 'PYTORCH_ZIP_COMPRESSED'
  | 'PYTORCH_ZIP_ENCRYPTED'
  | 'PYTORCH_ZIP_CRC'
  | 'PYTORCH_ZIP_NAME'
  | 'PYTORCH_ZIP_LIMIT'
  | 'PYTORCH_PICKLE_INVALID'
  | 'PYTORCH_PICKLE_OPCODE'
  | 'PYTORCH_PICKLE_FORBIDDEN'
  | 'PYTORCH_PICKLE_LIMIT'
  | 'PYTORCH_NOT_A_STATE_DICT'
  | 'PYTORCH_DTYPE'
  | 'PYTORCH_TENSOR_BOUNDS'
  | 'PYTORCH_TENSOR_LIMIT';

/** For files that PyTorch itself could have written otherwise. */
export const SAVE_STATE_DICT =
  'In PyTorch, load the file if you trust it and save the weights alone: ' +
  'torch.save(model.state_dict(), path).';
/** For files that no writer intended. */
export const FETCH_AGAIN =
  'The file is damaged or was not written by torch.save: copy or download it again, ' +
  'or save it again with torch.save(model.state_dict(), path).';

/**
 * @param found what is wrong, as the end of a sentence without its full stop; text out of the file quoted
 * @param advice what to do next, in whole sentences
 */
export function pytorchError(
  code: PytorchErrorCode,
  found: string,
  advice: string,
  details?: Record<string, unknown>,
): UserError {
  const message = `The PyTorch file is refused: ${found}. ${advice}`;
  return new UserError(code, message, details === undefined ? {} : { details });
}
