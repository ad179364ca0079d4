/** Finds the state dict in what a pickle holds, and says what to do where there is none. */
import { quoted } from '../checkpoint-invalid';
import { withoutParallelPrefix } from '../parallel-prefix';
import { PickleDict, type PickleValue, TensorRef } from './pickle-values';
import { pytorchError } from './pytorch-error';

/** Where training scripts put it, beside epochs, scores and optimizer states. */
const WRAPPERS = ['state_dict', 'model_state_dict', 'model'] as const;
/** The pickle's own limits allow some more; the largest networks have a few thousand. */
const MAX_TENSORS = 20_000;
const MAX_NAME_LENGTH = 512;

/**
 * @returns the tensors by name, in order; `module.` taken off where all names have it
 * @throws UserError PYTORCH_NOT_A_STATE_DICT, PYTORCH_TENSOR_LIMIT
 */
export function findStateDict(root: PickleValue): ReadonlyMap<string, TensorRef> {
  if (!(root instanceof PickleDict)) throw notAStateDict('it does not hold a dict of tensors');
  const tensors = new Map<string, TensorRef>();
  for (const [name, value] of unwrap(root).entries) {
    if (typeof name !== 'string') throw notAStateDict(`the key ${String(name)} is not a name`);
    if (name.length > MAX_NAME_LENGTH) throw notAStateDict(`the name ${quoted(name)} is too long`);
    if (!(value instanceof TensorRef)) throw notAStateDict(`${quoted(name)} is not a tensor`);
    tensors.set(name, value);
    if (tensors.size > MAX_TENSORS) {
      throw pytorchError(
        'PYTORCH_TENSOR_LIMIT',
        `it has more than ${MAX_TENSORS} tensors`,
        'Save the weights of one model alone: torch.save(model.state_dict(), path).',
      );
    }
  }
  if (tensors.size === 0) throw notAStateDict('it holds no tensor');
  return withoutParallelPrefix(tensors);
}

function unwrap(root: PickleDict): PickleDict {
  const found = WRAPPERS.filter((key) => root.entries.get(key) instanceof PickleDict);
  if (found.length > 1) throw notAStateDict(`it has more than one state dict: ${found.join(', ')}`);
  const inner = found[0] === undefined ? undefined : root.entries.get(found[0]);
  return inner instanceof PickleDict ? inner : root;
}

function notAStateDict(found: string): Error {
  return pytorchError(
    'PYTORCH_NOT_A_STATE_DICT',
    found,
    'Expected is a dict of tensors by name, bare or under one of ' +
      `${WRAPPERS.join(', ')}: torch.save(model.state_dict(), path).`,
  );
}
