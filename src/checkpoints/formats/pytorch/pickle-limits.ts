/** What a pickle may spend. The figures leave room for 20,000 tensors; real networks have a few thousand. */
import { pytorchError, SAVE_STATE_DICT } from './pytorch-error';

export const PICKLE_LIMITS = {
  /** A tensor takes about 150 bytes. */
  bytes: 32 * 1024 * 1024,
  /** A tensor takes about 42; a million of the dearest (GLOBAL) take some 0.3 s. */
  opcodes: 1_000_000,
  /** Lists, tuples, dicts, storages, tensors: a tensor takes 7. A dict costs some 200 bytes of memory. */
  containers: 250_000,
  /** Torch's pickler empties the stack every 1,000 items. */
  stack: 100_000,
  marks: 1_000,
  /** A tensor takes about 8. */
  memo: 500_000,
  /** In bytes of UTF-8. */
  string: 65_536,
  /** In bytes; Python's own seeds of 64 bits take 9. */
  integer: 16,
} as const;

export function limitExceeded(limit: keyof typeof PICKLE_LIMITS): Error {
  return pytorchError(
    'PYTORCH_PICKLE_LIMIT',
    `its pickle goes past the limit of ${limit} (${PICKLE_LIMITS[limit]})`,
    SAVE_STATE_DICT,
    { limit, allowed: PICKLE_LIMITS[limit] },
  );
}
