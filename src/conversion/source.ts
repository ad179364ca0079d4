/** Reads what is converted: its files as engines take them, and the model in the form that all writers take. */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import {
  ByteBudget,
  isMissing,
  readBounded,
  unreadable,
} from '../checkpoints/formats/bounded-file';
import { MAX_SIDECAR_BYTES } from '../checkpoints/architectures/parse-yaml';
import { checkpointDigest, checkpointSize } from '../checkpoints/formats/checkpoint-digest';
import type { CheckpointFiles } from '../checkpoints/formats/checkpoint-files';
import { quoted } from '../checkpoints/formats/checkpoint-invalid';
import { describeCheckpoint, onnxBytes } from '../checkpoints/formats/describe-checkpoint';
import { SHARED_SIDECAR } from '../checkpoints/formats/file-names';
import { readOnnxChain } from '../checkpoints/formats/onnx/onnx-chain';
import { readCheckpoint } from '../checkpoints/formats/read-checkpoint';
import {
  isSequential,
  readSequential,
  stateDictFiles,
} from '../checkpoints/formats/read-sequential';
import type { DescribedModel } from '../checkpoints/formats/writers/write-architecture';
import { UserError } from '../errors';

export interface ConversionSource extends DescribedModel {
  checkpoint: CheckpointFiles;
  /** The YAML that describes the network, where it came with one. */
  sidecar: Uint8Array | undefined;
}

/**
 * @param architecture a YAML file that describes the network, instead of what lies beside a state dict
 * @throws UserError what the reader of the format throws; CONVERT_SOURCE_UNSUPPORTED, CONVERT_ARCHITECTURE_UNUSED,
 *   CONVERT_OPERATION_UNSUPPORTED
 */
export async function readSource(from: string, architecture?: string): Promise<ConversionSource> {
  const found = await readCheckpoint(from);
  const checkpoint = architecture === undefined ? found : await described(found, architecture);
  if (isSequential(checkpoint)) {
    const { model, preprocessing, classNames } = readSequential(checkpoint);
    const sidecar = isStateDict(checkpoint) ? stateDictFiles(checkpoint).sidecar : undefined;
    return { checkpoint, model, preprocessing, classNames, sidecar };
  }
  if (checkpoint.format === 'onnx') {
    const { preprocessing, classNames } = describeCheckpoint(checkpoint);
    const model = readOnnxChain(onnxBytes(checkpoint));
    return { checkpoint, model, preprocessing, classNames, sidecar: undefined };
  }
  throw new UserError(
    'CONVERT_SOURCE_UNSUPPORTED',
    `Checkpoints of the format ${checkpoint.format} can't be converted: their graph may be more than a chain ` +
      'of layers. Convert the model that it was made from.',
  );
}

function isStateDict({ format }: CheckpointFiles): boolean {
  return format === 'pytorch-state-dict' || format === 'safetensors';
}

async function described(found: CheckpointFiles, architecture: string): Promise<CheckpointFiles> {
  if (!isStateDict(found)) {
    throw new UserError(
      'CONVERT_ARCHITECTURE_UNUSED',
      `A checkpoint of the format ${found.format} says itself which layers it has: leave --architecture out.`,
    );
  }
  const weights = [...found.files].filter(([name]) => !name.endsWith('.yaml'));
  const files = new Map([...weights, [SHARED_SIDECAR, await readDescription(architecture)]]);
  const { format } = found;
  return { format, files, digest: checkpointDigest(files), sizeBytes: checkpointSize(files) };
}

async function readDescription(file: string): Promise<Uint8Array> {
  const name = path.basename(file);
  const target = await realpath(file).catch((error: unknown) => {
    if (!isMissing(error)) throw unreadable(name, error);
    throw new UserError(
      'CONVERT_ARCHITECTURE_NOT_FOUND',
      `There is no file ${quoted(file)} that describes the architecture: check the path.`,
    );
  });
  return readBounded(target, name, new ByteBudget(MAX_SIDECAR_BYTES));
}
