/** The MD5 by which an object is named, computed while its bytes pass by. */
import { createHash, type Hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Layout, ObjectId } from './object-id';

export interface ObjectHash {
  update(piece: Uint8Array): void;
  /** Once. @returns hex */
  digest(): string;
}

/** 1 MiB: DVC 2 replaces line ends within such blocks, so a CRLF across two of them stays. */
const BLOCK_BYTES = 1024 * 1024;
const TEXT_PROBE_BYTES = 512;
const NON_TEXT_SHARE = 0.3;

export function createObjectHash(layout: Layout): ObjectHash {
  const hash = createHash('md5');
  if (layout === 'dvc2') return dos2unixHash(hash);
  return {
    update: (piece) => hash.update(piece),
    digest: () => hash.digest('hex'),
  };
}

/** The layout's MD5 of a file on the disk, and how long it is. */
export async function hashFile(
  file: string,
  layout: Layout,
): Promise<{ md5: string; sizeBytes: number }> {
  const hash = createObjectHash(layout);
  const handle = await open(file);
  try {
    const block = Buffer.allocUnsafe(BLOCK_BYTES);
    let sizeBytes = 0;
    for (;;) {
      const { bytesRead } = await handle.read(block, 0, BLOCK_BYTES, null);
      if (bytesRead === 0) return { md5: hash.digest(), sizeBytes };
      hash.update(block.subarray(0, bytesRead));
      sizeBytes += bytesRead;
    }
  } finally {
    await handle.close();
  }
}

export async function isObject(file: string, { md5, layout }: ObjectId): Promise<boolean> {
  return (await hashFile(file, layout)).md5 === md5;
}

/** `md5-dos2unix` of dvc-data's hashfile/hash.py. */
function dos2unixHash(hash: Hash): ObjectHash {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  let filled = 0;
  let isText: boolean | undefined;
  const flush = (): void => {
    const bytes = block.subarray(0, filled);
    isText ??= looksLikeText(bytes.subarray(0, TEXT_PROBE_BYTES));
    hash.update(isText ? withUnixLineEnds(bytes) : bytes);
    filled = 0;
  };
  return {
    update(piece) {
      for (let done = 0; done < piece.length;) {
        const taken = piece.subarray(done, done + BLOCK_BYTES - filled);
        block.set(taken, filled);
        filled += taken.length;
        done += taken.length;
        if (filled === BLOCK_BYTES) flush();
      }
    },
    digest() {
      flush();
      return hash.digest('hex');
    },
  };
}

/** dvc-data's istextfile.py: no NUL, and at most 30 % other than printable ASCII and \n \r \t \f \b. */
function looksLikeText(probe: Uint8Array): boolean {
  if (probe.includes(0)) return false;
  const other = probe.filter(
    (byte) => !(byte >= 32 && byte < 127) && !'\n\r\t\f\b'.includes(String.fromCharCode(byte)),
  );
  return other.length <= NON_TEXT_SHARE * probe.length;
}

function withUnixLineEnds(bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === 0x0d && bytes[i + 1] === 0x0a) continue;
    out[length++] = bytes[i] ?? 0;
  }
  return out.subarray(0, length);
}
