/** The list of a folder's files (`.dir` object): DVC's JSON, byte for byte, since its MD5 names the folder. */
import { createHash } from 'node:crypto';
import { UserError } from '../errors';
import { type Layout, type ObjectId, objectName, parseObjectId } from './object-id';
import { relpathProblem } from './safe-path';

export interface ManifestEntry {
  /** With slashes, inside the folder. */
  relpath: string;
  object: ObjectId;
}

/** 256 MiB are some two million files. */
export const MAX_MANIFEST_BYTES = 256 * 1024 * 1024;

/** @throws UserError DVC_MANIFEST_INVALID */
export function parseManifest(bytes: Uint8Array, id: ObjectId): ManifestEntry[] {
  const where = `The list of files ${objectName(id)}`;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw invalid(where, 'it is not JSON');
  }
  if (!Array.isArray(value)) throw invalid(where, 'it is not a list');
  const entries = value.map((entry) => parseEntry(entry, id.layout, where));
  requireDistinct(entries, where);
  return entries;
}

/**
 * `json.dumps(sorted by relpath, sort_keys=True)` of Python.
 * @returns the bytes and the object that they are
 */
export function formatManifest(
  entries: readonly ManifestEntry[],
  layout: Layout,
): { bytes: Buffer; id: ObjectId } {
  const items = [...entries]
    .sort((a, b) => Buffer.compare(Buffer.from(a.relpath), Buffer.from(b.relpath)))
    .map(({ relpath, object }) => `{"md5": "${object.md5}", "relpath": ${pythonString(relpath)}}`);
  const bytes = Buffer.from(`[${items.join(', ')}]`);
  const md5 = createHash('md5').update(bytes).digest('hex');
  return { bytes, id: { md5, isFolder: true, layout } };
}

/** Python leaves only printable ASCII as it is. The order of UTF-8's bytes is that of its characters. */
function pythonString(text: string): string {
  return JSON.stringify(text).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function parseEntry(value: unknown, layout: Layout, where: string): ManifestEntry {
  const { md5, relpath } = (value ?? {}) as { md5?: unknown; relpath?: unknown };
  if (typeof relpath !== 'string') throw invalid(where, 'an entry has no relpath');
  const problem = relpathProblem(relpath);
  if (problem !== undefined) throw invalid(where, `${JSON.stringify(relpath)} ${problem}`);
  const object = parseObjectId(md5, layout, `${where}, ${JSON.stringify(relpath)}`);
  if (object.isFolder) throw invalid(where, `${JSON.stringify(relpath)} is a folder in a folder`);
  return { relpath, object };
}

/** One path can't hold two files, nor a file and a folder. */
function requireDistinct(entries: readonly ManifestEntry[], where: string): void {
  const files = new Set(entries.map(({ relpath }) => relpath));
  if (files.size < entries.length) throw invalid(where, 'it names a file twice');
  for (const { relpath } of entries) {
    for (let end = relpath.lastIndexOf('/'); end > 0; end = relpath.lastIndexOf('/', end - 1)) {
      const folder = relpath.slice(0, end);
      if (files.has(folder))
        throw invalid(where, `${JSON.stringify(folder)} is a file and a folder`);
    }
  }
}

function invalid(where: string, reason: string): UserError {
  return new UserError(
    'DVC_MANIFEST_INVALID',
    `${where} can't be used: ${reason}. Make it again where the data comes from with "dvc add" and "dvc push".`,
    { details: { reason } },
  );
}
