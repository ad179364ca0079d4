/** Runs a pickle as a machine that can do nothing but build plain data, within its limits. */
import { PickleCursor, pickleInvalid } from './pickle-cursor';
import { limitExceeded, PICKLE_LIMITS } from './pickle-limits';
import { STEPS } from './pickle-opcodes';
import { PickleStack } from './pickle-stack';
import type { PickleValue } from './pickle-values';
import { pytorchError, SAVE_STATE_DICT } from './pytorch-error';

const PROTO = 0x80;
const STOP = 0x2e;
const PROTOCOLS = [2, 3, 4, 5];

/**
 * @param bytes one whole pickle of protocol 2 to 5
 * @throws UserError PYTORCH_PICKLE_OPCODE, PYTORCH_PICKLE_FORBIDDEN, PYTORCH_WHOLE_MODEL,
 *   PYTORCH_PICKLE_LIMIT, PYTORCH_PICKLE_INVALID, PYTORCH_TENSOR_BOUNDS, PYTORCH_DTYPE
 */
export function unpickle(bytes: Uint8Array): PickleValue {
  if (bytes.length > PICKLE_LIMITS.bytes) throw limitExceeded('bytes');
  const cursor = new PickleCursor(bytes);
  if (cursor.u8() !== PROTO || !PROTOCOLS.includes(cursor.u8())) {
    throw pickleInvalid(`it does not begin as one of protocol ${PROTOCOLS.join(', ')}`);
  }
  const stack = new PickleStack();
  for (let count = 0; count < PICKLE_LIMITS.opcodes; count++) {
    const opcode = cursor.u8();
    if (opcode === STOP) {
      if (cursor.remaining > 0) throw pickleInvalid('there are bytes after its end');
      return stack.finish();
    }
    const step = STEPS.get(opcode);
    if (step === undefined) throw forbiddenOpcode(opcode);
    step(stack, cursor);
  }
  throw limitExceeded('opcodes');
}

function forbiddenOpcode(opcode: number): Error {
  return pytorchError(
    'PYTORCH_PICKLE_OPCODE',
    `its pickle uses the opcode 0x${opcode.toString(16).padStart(2, '0')}, which weights do not need`,
    `Nothing was run. ${SAVE_STATE_DICT}`,
    { opcode },
  );
}
