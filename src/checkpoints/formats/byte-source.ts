/** Random access to bytes that need not be in memory: a file of any size, or an array. */
import type { FileHandle } from 'node:fs/promises';
import { checkpointInvalid } from './checkpoint-invalid';

export interface ByteSource {
  /** Bytes in all. */
  readonly size: number;
  /**
   * @returns exactly `length` bytes from `offset` on; not to be changed
   * @throws RangeError where they are not inside the source; UserError CHECKPOINT_INVALID where the file has
   *   become shorter since it was opened
   */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Reads a file that the caller opened and will close. */
export class FileByteSource implements ByteSource {
  constructor(
    private readonly handle: FileHandle,
    readonly size: number,
  ) {}

  async read(offset: number, length: number): Promise<Uint8Array> {
    checkRange(this.size, offset, length);
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.handle.read(bytes, filled, length - filled, offset + filled);
      if (bytesRead === 0) throw checkpointInvalid('its file became shorter while it was read');
      filled += bytesRead;
    }
    return bytes;
  }
}

/** The same view of bytes that are in memory. */
export class MemoryByteSource implements ByteSource {
  constructor(private readonly bytes: Uint8Array) {}

  get size(): number {
    return this.bytes.byteLength;
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    checkRange(this.size, offset, length);
    return Promise.resolve(this.bytes.subarray(offset, offset + length));
  }
}

function checkRange(size: number, offset: number, length: number): void {
  const valid = Number.isSafeInteger(offset) && Number.isSafeInteger(length);
  if (valid && offset >= 0 && length >= 0 && offset + length <= size) return;
  throw new RangeError(`bytes ${offset} to ${offset + length} are not in a source of ${size}`);
}
