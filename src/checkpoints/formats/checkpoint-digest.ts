/** A checkpoint's identity: SHA-256 over the files that decide its outputs. */
import { createHash } from 'node:crypto';

/** Notes about a checkpoint. They may be edited later, so they are not part of its identity. */
export const METADATA_FILE = 'metadata.json';

/**
 * Of one file: the SHA-256 (hex) of its bytes, as `sha256sum` prints it. Of several: the SHA-256 of the
 * lines `<sha256>  <name>\n` in the order of their names (by UTF-16 code units). `metadata.json` is left out.
 */
export function checkpointDigest(files: ReadonlyMap<string, Uint8Array>): string {
  const names = digestedNames(files.keys());
  return digestOfHashes(
    new Map(names.map((name) => [name, sha256(files.get(name) ?? new Uint8Array())])),
  );
}

/** The same digest from the SHA-256 (hex) of each file. */
export function digestOfHashes(hashes: ReadonlyMap<string, string>): string {
  const names = digestedNames(hashes.keys());
  const [only] = names;
  if (only !== undefined && names.length === 1) return hashes.get(only) ?? '';
  return sha256(Buffer.from(names.map((name) => `${hashes.get(name) ?? ''}  ${name}\n`).join('')));
}

/** The bytes that the digest covers. */
export function checkpointSize(files: ReadonlyMap<string, Uint8Array>): number {
  return digestedNames(files.keys()).reduce(
    (sum, name) => sum + (files.get(name)?.byteLength ?? 0),
    0,
  );
}

function digestedNames(names: Iterable<string>): string[] {
  return [...names].filter((name) => name !== METADATA_FILE).sort();
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
