/** Reads safetensors files. Source of the format: github.com/huggingface/safetensors, README, "Format". */
import { type ByteSource } from '../byte-source';
import { withoutParallelPrefix } from '../parallel-prefix';
import { ELEMENT_TYPES } from '../pytorch/element-types';
import type { NamedTensor, StateDict } from '../state-dict';
import { checkLayout, type SafetensorsEntry } from './check-layout';
import { parseHeader } from './header-json';
import { safetensorsError } from './safetensors-error';

export type { SafetensorsEntry } from './check-layout';

/** The header's length, an unsigned little-endian integer. */
const LENGTH_BYTES = 8;
/** The limit of the specification's own implementation. */
const MAX_HEADER_BYTES = 100_000_000;
const FLOAT32_BYTES = 4;

/** Where each tensor lies, by name in the header's order; `module.` prefixes taken off. */
export type SafetensorsHeader = ReadonlyMap<string, SafetensorsEntry>;

/**
 * Reads and checks the header alone: memory does not grow with the tensors.
 *
 * @throws UserError with one of the codes of SafetensorsErrorCode; what the source throws
 */
export async function readSafetensorsHeader(source: ByteSource): Promise<SafetensorsHeader> {
  const start = await source.read(0, Math.min(LENGTH_BYTES, source.size));
  const length = headerLength(start, source.size);
  const header = await source.read(LENGTH_BYTES, length);
  return entriesOf(header, source.size);
}

/**
 * @param bytes the whole file; not changed, and not referred to by the result
 * @returns float32 values by name, in the header's order; NaN and infinite weights as they are
 * @throws UserError with one of the codes of SafetensorsErrorCode, and nothing else
 */
export function readSafetensors(bytes: Uint8Array): StateDict {
  const length = headerLength(bytes.subarray(0, LENGTH_BYTES), bytes.length);
  const header = bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
  const stateDict = new Map<string, NamedTensor>();
  for (const [name, entry] of entriesOf(header, bytes.length)) {
    stateDict.set(name, readTensor(bytes, entry));
  }
  return stateDict;
}

function headerLength(start: Uint8Array, fileBytes: number): number {
  if (fileBytes === 0) throw safetensorsError('SAFETENSORS_EMPTY', 'it is empty');
  if (fileBytes < LENGTH_BYTES) {
    throw safetensorsError(
      'SAFETENSORS_TRUNCATED',
      `it has ${fileBytes} bytes, fewer than its header's length`,
    );
  }
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const length = view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true);
  if (length > MAX_HEADER_BYTES) {
    throw safetensorsError(
      'SAFETENSORS_HEADER_TOO_LARGE',
      `it says that its header has ${length} bytes, and ${MAX_HEADER_BYTES} are allowed; perhaps it is ` +
        'a file of another format',
    );
  }
  if (length > fileBytes - LENGTH_BYTES) {
    throw safetensorsError(
      'SAFETENSORS_TRUNCATED',
      `its header should have ${length} bytes and the file ends after ${fileBytes - LENGTH_BYTES} of them`,
    );
  }
  return length;
}

function entriesOf(header: Uint8Array, fileBytes: number): SafetensorsHeader {
  const dataStart = LENGTH_BYTES + header.byteLength;
  return withoutParallelPrefix(checkLayout(parseHeader(header), dataStart, fileBytes));
}

function readTensor(
  bytes: Uint8Array,
  { dtype, shape, begin, end }: SafetensorsEntry,
): NamedTensor {
  const type = ELEMENT_TYPES[dtype];
  const values = allocate((end - begin) / type.bytes);
  if (dtype === 'float32') {
    new Uint8Array(values.buffer).set(bytes.subarray(begin, end));
  } else {
    const view = new DataView(bytes.buffer, bytes.byteOffset + begin, end - begin);
    for (let i = 0; i < values.length; i++) values[i] = type.read(view, i * type.bytes);
  }
  return { dtype, shape, values };
}

/** The engine's own limit on arrays, or on memory, is an error of the file's and not a bug. */
function allocate(elements: number): Float32Array<ArrayBuffer> {
  try {
    return new Float32Array(elements);
  } catch {
    throw safetensorsError(
      'SAFETENSORS_LIMIT',
      `a tensor of ${elements * FLOAT32_BYTES} bytes does not fit into memory`,
      'Evaluate it on a machine with more memory.',
    );
  }
}
