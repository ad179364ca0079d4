/** From what a person names (a .dvc file, an output, a folder) to the tracked outputs. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../errors';
import { readDvcFile, type TrackedOutput } from './dvc-file';

/** Where no .dvc file is looked for: others' folders, and hidden ones. */
const SKIPPED = new Set(['node_modules']);

/**
 * @param targets relative to `cwd`; none: all .dvc files of the project
 * @throws UserError DVC_TARGET_UNKNOWN, DVC_OUTPUT_TWICE, and what reading a .dvc file throws
 */
export async function findOutputs(
  root: string,
  targets: readonly string[],
  cwd = process.cwd(),
): Promise<TrackedOutput[]> {
  const named = targets.map((target) => path.resolve(cwd, target));
  if (named.length > 0 && named.every((target) => target.endsWith('.dvc'))) {
    for (const target of named) await requireFile(target);
    return distinct(await readAll(root, named));
  }
  const all = distinct(await readAll(root, await dvcFilesUnder(root)));
  if (named.length === 0) return all;
  const wanted = new Set<TrackedOutput>();
  for (const target of named) {
    const matching = all.filter((output) => isMeant(root, output, target));
    if (matching.length === 0) throw unknown(target, all);
    for (const output of matching) wanted.add(output);
  }
  return all.filter((output) => wanted.has(output));
}

function isMeant(root: string, output: TrackedOutput, target: string): boolean {
  const file = path.join(root, output.path);
  const dvcFile = path.join(root, output.dvcFile);
  return [file, dvcFile].some((one) => one === target || one.startsWith(`${target}${path.sep}`));
}

async function readAll(root: string, files: readonly string[]): Promise<TrackedOutput[]> {
  const outputs: TrackedOutput[] = [];
  for (const file of files) outputs.push(...(await readDvcFile(root, file)));
  return outputs;
}

async function dvcFilesUnder(folder: string): Promise<string[]> {
  const found: string[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const full = path.join(folder, entry.name);
    if (entry.isFile() && entry.name.endsWith('.dvc') && entry.name !== '.dvc') found.push(full);
    if (entry.isDirectory() && !entry.name.startsWith('.') && !SKIPPED.has(entry.name)) {
      found.push(...(await dvcFilesUnder(full)));
    }
  }
  return found;
}

/** Two files over one place would overwrite each other. */
function distinct(outputs: TrackedOutput[]): TrackedOutput[] {
  const sorted = [...outputs].sort((a, b) => (`${a.path}/` < `${b.path}/` ? -1 : 1));
  for (const [index, output] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before === undefined || !`${output.path}/`.startsWith(`${before.path}/`)) continue;
    throw new UserError(
      'DVC_OUTPUT_TWICE',
      `${output.dvcFile} and ${before.dvcFile} both track ${output.path}. Remove one of them.`,
    );
  }
  return outputs;
}

async function requireFile(target: string): Promise<void> {
  const found = await stat(target).catch(() => undefined);
  if (!found?.isFile()) throw unknown(target, []);
}

function unknown(target: string, known: readonly TrackedOutput[]): UserError {
  const outputs = known.map((output) => output.path);
  const hint = outputs.length > 0 ? ` Tracked: ${outputs.join(', ')}.` : '';
  return new UserError(
    'DVC_TARGET_UNKNOWN',
    `${target} is neither a .dvc file nor tracked by one, nor a folder with tracked data.${hint}`,
    { details: { target, tracked: outputs } },
  );
}
