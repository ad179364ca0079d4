/** Tells files that PyTorch once wrote, or that are none of its own, from the zip format that is read. */
import { FETCH_AGAIN, pytorchError, SAVE_STATE_DICT } from './pytorch-error';
import { LOCAL, viewOf, zipInvalid } from './zip-fields';

const ZIP_START = Uint8Array.of(0x50, 0x4b, 0x03, 0x04);
/** Before PyTorch 1.6: pickles one after another, the first of them the number 0x1950a86a20f9469cfc6c. */
const PICKLE_PROTO = 0x80;
const MAX_PROTOCOL = 5;
/** Before PyTorch 0.1.10: a tar archive, with this word in its first header. */
const TAR_MAGIC = { text: 'ustar', at: 257 };
/** The preview of PyTorch 1.0. */
const PREVIEW = 'PYTORCH1';

/** @throws UserError PYTORCH_EMPTY, PYTORCH_LEGACY_FORMAT, PYTORCH_TRUNCATED, PYTORCH_ZIP_INVALID */
export function refuseOtherFormats(bytes: Uint8Array): void {
  if (bytes.length === 0) throw pytorchError('PYTORCH_EMPTY', 'it is empty', FETCH_AGAIN);
  if (bytes.length >= 4 && viewOf(bytes).getUint32(0, true) === LOCAL.signature) return;
  const textAt = (at: number, length: number): string =>
    Buffer.from(bytes.subarray(at, at + length)).toString('latin1');
  const isPickle =
    bytes[0] === PICKLE_PROTO && (bytes[1] ?? 0) >= 1 && (bytes[1] ?? 0) <= MAX_PROTOCOL;
  const isTar = textAt(TAR_MAGIC.at, TAR_MAGIC.text.length) === TAR_MAGIC.text;
  if (isPickle || isTar || textAt(0, PREVIEW.length) === PREVIEW) {
    throw pytorchError(
      'PYTORCH_LEGACY_FORMAT',
      isPickle
        ? 'it is a bare pickle: the legacy format of torch.save, or not one of its files'
        : 'it is in a format of PyTorch before 1.0',
      `Only the zip format, the default since PyTorch 1.6, is read. ${SAVE_STATE_DICT}`,
    );
  }
  if (bytes.length < 4 && bytes.every((byte, index) => byte === ZIP_START[index])) {
    throw pytorchError('PYTORCH_TRUNCATED', 'only its first bytes are there', FETCH_AGAIN);
  }
  throw zipInvalid('it does not begin as a zip archive');
}
