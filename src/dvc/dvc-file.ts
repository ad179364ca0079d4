/** Reads `.dvc` files: which outputs they track, by which MD5, and where an import came from. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { reasonOf } from '../datasets/files/errno';
import { UserError } from '../errors';
import { type ObjectId, parseObjectId } from './object-id';
import { pathOutside, relpathProblem } from './safe-path';

export interface TrackedOutput {
  /** Relative to the project's folder, with slashes. */
  path: string;
  /** The .dvc file, likewise. */
  dvcFile: string;
  object: ObjectId;
  /** Of all files together, where the .dvc file says. */
  sizeBytes: number | undefined;
  fileCount: number | undefined;
  /** The remote that this output is kept in, instead of the default one. */
  remote: string | undefined;
  /** Where an import came from, in words for a message. */
  importedFrom: string | undefined;
}

/** 16 MiB of YAML are no .dvc file. */
const MAX_FILE_CHARACTERS = 16 * 1024 * 1024;

type Plain = Record<string, unknown>;

/**
 * Outputs that DVC keeps nowhere (`cache: false`) are left out.
 * @param root the project's folder, absolute
 * @param file absolute
 * @throws UserError DVC_FILE_INVALID, DVC_FILE_UNSUPPORTED, DVC_PATH_OUTSIDE
 */
export async function readDvcFile(root: string, file: string): Promise<TrackedOutput[]> {
  const dvcFile = toSlashes(path.relative(root, file));
  const plain = parse(dvcFile, await readText(file, dvcFile));
  const { outs, deps, wdir = '.' } = plain;
  if (!Array.isArray(outs)) throw invalid(dvcFile, '"outs" must be a list');
  if (typeof wdir !== 'string') throw invalid(dvcFile, '"wdir" must be a text');
  const base = path.resolve(path.dirname(file), wdir);
  const importedFrom = originOf(deps);
  return outs.flatMap((out: unknown) => {
    if (!isPlain(out)) throw invalid(dvcFile, 'each of "outs" must be a mapping');
    if (out.cache === false) return [];
    return [{ ...outputOf(out, dvcFile, root, base), importedFrom }];
  });
}

function outputOf(
  out: Plain,
  dvcFile: string,
  root: string,
  base: string,
): Omit<TrackedOutput, 'importedFrom'> {
  if (typeof out.path !== 'string') throw invalid(dvcFile, 'an output has no "path"');
  const where = `${dvcFile}, ${JSON.stringify(out.path)}`;
  const isAddress = /^[a-z][a-z0-9+.-]*:\/\//i.test(out.path);
  if (isAddress || 'files' in out || (out.hash !== undefined && out.hash !== 'md5')) {
    throw new UserError(
      'DVC_FILE_UNSUPPORTED',
      `${where} is of a kind that Assay doesn't handle: only local outputs by MD5. Use dvc itself for it.`,
    );
  }
  const relative = toSlashes(path.relative(root, path.resolve(base, out.path)));
  const problem = relpathProblem(relative);
  if (problem !== undefined) throw pathOutside(where, `its path in the project ${problem}`);
  return {
    path: relative,
    dvcFile,
    object: parseObjectId(out.md5, out.hash === 'md5' ? 'dvc3' : 'dvc2', where),
    sizeBytes: countOf(out.size),
    fileCount: countOf(out.nfiles),
    remote: typeof out.remote === 'string' ? out.remote : undefined,
  };
}

/** An address without user, password and query. */
function originOf(deps: unknown): string | undefined {
  const dep: unknown = Array.isArray(deps) ? deps[0] : undefined;
  if (!isPlain(dep) || typeof dep.path !== 'string') return undefined;
  const url = isPlain(dep.repo) ? dep.repo.url : undefined;
  const clean = (text: string): string => {
    if (!URL.canParse(text)) return text;
    const { protocol, host, pathname } = new URL(text);
    return `${protocol}//${host}${pathname}`;
  };
  return typeof url === 'string' ? `${dep.path} of ${clean(url)}` : clean(dep.path);
}

async function readText(file: string, dvcFile: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw invalid(dvcFile, `it can't be read (${reasonOf(error)})`);
  }
}

function parse(dvcFile: string, text: string): Plain {
  if (text.length > MAX_FILE_CHARACTERS) throw invalid(dvcFile, 'it is too large');
  const document = parseDocument(text, { logLevel: 'silent' });
  const error = document.errors[0];
  if (error) throw invalid(dvcFile, `it is not YAML (${error.message})`);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 0 });
  } catch {
    throw invalid(dvcFile, 'aliases (*name) are not allowed');
  }
  if (!isPlain(value)) throw invalid(dvcFile, 'it must be a mapping');
  return value;
}

function invalid(dvcFile: string, reason: string): UserError {
  return new UserError(
    'DVC_FILE_INVALID',
    `${dvcFile} can't be used: ${reason}. Mend it, or make it again with "dvc add".`,
    { details: { file: dvcFile, reason } },
  );
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toSlashes(text: string): string {
  return text.split(path.sep).join('/');
}
