/** A checkpoint's identity: SHA-256 over the files that decide its outputs. */
import { createHash } from 'node:crypto';

/** Notes about a checkpoint. They may be edited later, so they are not part of its identity. */
export const METADATA_FILE = 'metadata.json';

/**
 * Of one file: the SHA-256 (hex) of its bytes, as `sha256sum` prints it. Of several: the SHA-256 of the
 * lines `<sha256>  <name>\n` in the order of their names (by UTF-16 code units). `metadata.json` is left out.
 */
export function checkpointDigest(files: ReadonlyMap<string, Uint8Array>): string {
  const names = digestedNames(files);
  const hashes = names.map((name) => sha256(files.get(name) ?? new Uint8Array()));
  const [only] = hashes;
  if (only !== undefined && hashes.length === 1) return only;
  return sha256(Buffer.from(names.map((name, i) => `${hashes[i] ?? ''}  ${name}\n`).join('')));
}

/** The bytes that the digest covers. */
export function checkpointSize(files: ReadonlyMap<string, Uint8Array>): number {
  return digestedNames(files).reduce((sum, name) => sum + (files.get(name)?.byteLength ?? 0), 0);
}

function digestedNames(files: ReadonlyMap<string, Uint8Array>): string[] {
  return [...files.keys()].filter((name) => name !== METADATA_FILE).sort();
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
