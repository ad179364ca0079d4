/**
 * A file's bytes as one array of which only some are there, so that a reader that works on arrays can look at
 * the index of a large file. The rest is zero: pages of an array that nobody touched take addresses, not memory.
 */
import type { ByteSource } from './byte-source';
import { checkpointInvalid } from './checkpoint-invalid';

/** Real files have at most a few megabytes beside their weights; names and shapes of 20,000 tensors take two. */
const MAX_LOADED_BYTES = 64 * 2 ** 20;
const PIECE_BYTES = 2 ** 20;

export class SparseBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  private loadedBytes = 0;

  constructor(private readonly source: ByteSource) {
    this.bytes = new Uint8Array(source.size);
  }

  /**
   * Fills in the bytes of a range; what of it lies behind the end is left out.
   *
   * @throws UserError CHECKPOINT_INVALID where all ranges together are too large
   */
  async load(offset: number, length: number): Promise<void> {
    const end = Math.min(offset + length, this.source.size);
    this.loadedBytes += Math.max(end - offset, 0);
    if (this.loadedBytes > MAX_LOADED_BYTES) {
      throw checkpointInvalid(
        `beside its weights it has more than the ${MAX_LOADED_BYTES} bytes that are allowed`,
      );
    }
    for (let at = offset; at < end; at += PIECE_BYTES) {
      this.bytes.set(await this.source.read(at, Math.min(PIECE_BYTES, end - at)), at);
    }
  }
}
