/** Reads a checkpoint from disk: which format it is, all of its bytes, and its digest. */
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../errors';
import { MAX_CHECKPOINT_BYTES, MAX_METADATA_BYTES, MAX_MODEL_JSON_BYTES } from '../limits';
import { ByteBudget, isMissing, readBounded, readFileInside, unreadable } from './bounded-file';
import { checkpointDigest, checkpointSize, METADATA_FILE } from './checkpoint-digest';
import type { CheckpointFiles, CheckpointFormat } from './checkpoint-files';
import { checkpointInvalid, listed, quoted } from './checkpoint-invalid';
import { formatOfFile, sidecarNames } from './file-names';
import { MODEL_FILE, parseModelJson, type WeightGroup } from './tfjs-manifest';

export interface ReadCheckpointOptions {
  /** Limit on all files together. Default 1 GiB. */
  maxBytes?: number;
}

/**
 * A folder with model.json, or the path of a model.json: `tfjs-layers` or `tfjs-graph`, read with the weight
 * files that its manifest names and with metadata.json where there is one (which the digest and the size leave
 * out). A file `*.onnx`: `onnx`. A file `*.pth` or `*.pt`: `pytorch-state-dict`, `*.safetensors`: `safetensors`,
 * read with the YAML of its name, else architecture.yaml, where there is one beside it. The meaning of the bytes
 * is not looked at here: see `describeCheckpoint`.
 *
 * @throws UserError CHECKPOINT_NOT_FOUND, CHECKPOINT_FORMAT_UNKNOWN, CHECKPOINT_TOO_LARGE, CHECKPOINT_INVALID,
 *   TFJS_PATH_FORBIDDEN, TFJS_WEIGHTS_MISSING, TFJS_WEIGHTS_LENGTH; OperationalError CHECKPOINT_UNREADABLE
 */
export async function readCheckpoint(
  checkpointPath: string,
  options: ReadCheckpointOptions = {},
): Promise<CheckpointFiles> {
  const budget = new ByteBudget(options.maxBytes ?? MAX_CHECKPOINT_BYTES);
  const { target, isFolder } = await locate(checkpointPath);
  // A user may name the file itself through a link: what it is called decides, and where it leads is read.
  const name = path.basename(checkpointPath);
  if (isFolder) return readTfjs(target, budget, checkpointPath);
  if (name === MODEL_FILE) {
    return readTfjs(await realpath(path.dirname(checkpointPath)), budget, checkpointPath);
  }
  const format = formatOfFile(name);
  if (format === undefined) throw formatUnknown(checkpointPath);
  const files = new Map([[name, await readBounded(target, name, budget)]]);
  const folder = await realpath(path.dirname(path.resolve(checkpointPath)));
  for (const sidecar of sidecarNames(name, format)) {
    const bytes = await readFileInside(folder, sidecar, budget);
    if (bytes === undefined) continue;
    files.set(sidecar, bytes);
    break;
  }
  return assemble(format, files);
}

async function locate(checkpointPath: string): Promise<{ target: string; isFolder: boolean }> {
  try {
    const target = await realpath(checkpointPath);
    return { target, isFolder: (await stat(target)).isDirectory() };
  } catch (error) {
    if (!isMissing(error)) throw unreadable(path.basename(checkpointPath), error);
    throw new UserError(
      'CHECKPOINT_NOT_FOUND',
      `There is no checkpoint at ${quoted(checkpointPath)}: check the path.`,
    );
  }
}

async function readTfjs(
  folder: string,
  budget: ByteBudget,
  checkpointPath: string,
): Promise<CheckpointFiles> {
  const modelJson = await readFileInside(folder, MODEL_FILE, budget);
  if (modelJson === undefined) throw formatUnknown(checkpointPath);
  checkSmall(MODEL_FILE, modelJson, MAX_MODEL_JSON_BYTES);
  const files = new Map([[MODEL_FILE, modelJson]]);
  const { format, groups } = parseModelJson(modelJson);
  for (const group of groups) {
    await readGroup(folder, group, budget, files);
  }
  const metadata = await readFileInside(folder, METADATA_FILE, budget);
  if (metadata !== undefined) {
    checkSmall(METADATA_FILE, metadata, MAX_METADATA_BYTES);
    files.set(METADATA_FILE, metadata);
  }
  return assemble(format, files);
}

async function readGroup(
  folder: string,
  group: WeightGroup,
  budget: ByteBudget,
  files: Map<string, Uint8Array>,
): Promise<void> {
  let byteLength = 0;
  for (const name of group.paths) {
    const bytes = await readFileInside(folder, name, budget);
    if (bytes === undefined)
      throw checkpointInvalid(`the weight file ${quoted(name)} is missing`, {
        code: 'TFJS_WEIGHTS_MISSING',
      });
    files.set(name, bytes);
    byteLength += bytes.byteLength;
  }
  if (byteLength !== group.byteLength) {
    throw checkpointInvalid(
      `the weight files ${listed(group.paths.map(quoted), ', ')} hold ${byteLength} bytes together ` +
        `where the manifest's weights need ${group.byteLength}`,
      { code: 'TFJS_WEIGHTS_LENGTH' },
    );
  }
}

function checkSmall(name: string, bytes: Uint8Array, limit: number): void {
  if (bytes.byteLength > limit) {
    throw checkpointInvalid(`${name} has ${bytes.byteLength} bytes; at most ${limit} are allowed`);
  }
}

function assemble(format: CheckpointFormat, files: Map<string, Uint8Array>): CheckpointFiles {
  return { format, digest: checkpointDigest(files), files, sizeBytes: checkpointSize(files) };
}

function formatUnknown(checkpointPath: string): UserError {
  return new UserError(
    'CHECKPOINT_FORMAT_UNKNOWN',
    `${quoted(checkpointPath)} is no checkpoint of a supported format. Give a file *.onnx, *.pth, *.pt or ` +
      '*.safetensors, a folder with a tfjs model (model.json and its weight files), or its model.json.',
  );
}
