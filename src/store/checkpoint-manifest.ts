/** The files of a checkpoint by name, size and SHA-256: what its digest is computed from. */
import { UserError } from '../errors';
import { digestOfHashes, METADATA_FILE } from '../checkpoints/formats/checkpoint-digest';
import { MAX_CHECKPOINT_BYTES } from '../checkpoints/limits';

export interface ManifestFile {
  name: string;
  sizeBytes: number;
  sha256: string;
}

export interface CheckpointManifest {
  files: ManifestFile[];
}

/** Of the JSON; real ones have a handful of files, a model in shards some hundreds. */
export const MAX_MANIFEST_BYTES = 2 ** 20;
const MAX_FILES = 4_096;
const MAX_NAME_BYTES = 255;
const SHA256 = /^[0-9a-f]{64}$/;

/**
 * Reads what a store sent, trusting nothing: names stay inside of one folder, sizes below the limit of a
 * checkpoint, and the hashes give the digest that was asked for.
 *
 * @throws UserError STORE_CONTENT_WRONG
 */
export function parseManifest(digest: string, json: string): CheckpointManifest {
  const files = filesIn(json);
  const hashes = new Map(files.map(({ name, sha256 }) => [name, sha256]));
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  if (hashes.size < files.length) throw wrong(digest, 'it names a file twice');
  if (sizeBytes > MAX_CHECKPOINT_BYTES) throw wrong(digest, `its files have ${sizeBytes} bytes`);
  if (digestOfHashes(hashes) !== digest) throw wrong(digest, 'its hashes give another digest');
  return { files };

  function filesIn(text: string): ManifestFile[] {
    const found = parsed(text);
    if (!Array.isArray(found) || found.length === 0 || found.length > MAX_FILES) {
      throw wrong(digest, 'it has no list of files');
    }
    return found.map((file: unknown) => {
      if (isFile(file)) return { name: file.name, sizeBytes: file.sizeBytes, sha256: file.sha256 };
      throw wrong(digest, 'a file in it has no proper name, size and hash');
    });
  }
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'files' in value
      ? value.files
      : undefined;
  } catch {
    return undefined;
  }
}

function isFile(value: unknown): value is ManifestFile {
  if (typeof value !== 'object' || value === null) return false;
  const { name, sizeBytes, sha256 } = value as Record<string, unknown>;
  return (
    typeof name === 'string' &&
    isPlainName(name) &&
    Number.isSafeInteger(sizeBytes) &&
    Number(sizeBytes) >= 0 &&
    typeof sha256 === 'string' &&
    SHA256.test(sha256)
  );
}

/** Nothing that leads elsewhere, could pass for two lines of the digest, or is left out of it. */
function isPlainName(name: string): boolean {
  const isSafe = /^(?!\.{1,2}$)[^/\\\p{Cc}]+$/u.test(name);
  return isSafe && Buffer.byteLength(name) <= MAX_NAME_BYTES && name !== METADATA_FILE;
}

function wrong(digest: string, what: string): UserError {
  return new UserError(
    'STORE_CONTENT_WRONG',
    `the store's list of the files of checkpoint ${digest.slice(0, 12)} was refused: ${what}. Check that --api ` +
      'names the service that works on this database, and register the checkpoint there again',
  );
}
