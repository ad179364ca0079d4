/**
 * Takes a checkpoint from strangers through everything that is done with one short of running it: described by its
 * index (registration) and by all of its bytes (engines), bound to its layers, listed, and written in all formats.
 */
import { isDeepStrictEqual } from 'node:util';
import { MemoryByteSource } from '../../src/checkpoints/formats/byte-source';
import type { CheckpointFiles } from '../../src/checkpoints/formats/checkpoint-files';
import { checkpointInvalid } from '../../src/checkpoints/formats/checkpoint-invalid';
import {
  type CheckpointDescription,
  describeCheckpoint,
  onnxBytes,
} from '../../src/checkpoints/formats/describe-checkpoint';
import { describeSources } from '../../src/checkpoints/formats/describe-sources';
import { listLayers } from '../../src/checkpoints/formats/list-layers';
import { readOnnxChain } from '../../src/checkpoints/formats/onnx/onnx-chain';
import { isSequential, readSequential } from '../../src/checkpoints/formats/read-sequential';
import { MODEL_FILE, parseModelJson } from '../../src/checkpoints/formats/tfjs-manifest';
import { encode } from '../../src/conversion/encode';
import type { ConversionSource } from '../../src/conversion/source';
import { TARGET_FORMATS, targetOf } from '../../src/conversion/target';
import { AssayError } from '../../src/errors';
import type { FuzzFile } from './fuzz-file';

const MAX_MESSAGE_LENGTH = 2_000;
/** For programs: lists of up to 200 items. */
const MAX_DETAILS_LENGTH = 100_000;

const FORMATS = {
  pth: 'pytorch-state-dict',
  safetensors: 'safetensors',
  tfjs: 'tfjs-layers',
  onnx: 'onnx',
} as const;

/**
 * @returns the code of the refusal, undefined where the file is accepted
 * @throws Error for what must never be: an error that is none of our own, or two readers that disagree
 */
export async function readThrough(file: FuzzFile): Promise<string | undefined> {
  const staged = outcomeOf(() => stagedFiles(file));
  if ('code' in staged) return staged.code;
  const checkpoint = staged.value;
  const { format, files } = checkpoint;
  const sources = new Map([...files].map(([name, bytes]) => [name, new MemoryByteSource(bytes)]));
  const byIndex = await outcomeLater(() => describeSources(format, sources));
  const whole = outcomeOf(() => describeCheckpoint(checkpoint));
  if (!isDeepStrictEqual(byIndex, whole)) {
    const words = [byIndex, whole].map((outcome) => JSON.stringify(outcome));
    throw new Error(`its index says ${words[0] ?? ''}, all of its bytes ${words[1] ?? ''}`);
  }
  if ('code' in whole) return whole.code;
  const listed = outcomeOf(() => listLayers(checkpoint));
  if ('code' in listed) return listed.code;
  const source = outcomeOf(() => sourceOf(checkpoint, whole.value));
  if ('value' in source && source.value !== undefined) writeEverywhere(source.value, whole.value);
  else if ('code' in source && !source.code.startsWith('CONVERT_')) return source.code;
  return undefined;
}

type Outcome<T> = { value: T } | { code: string };

function outcomeOf<T>(read: () => T): Outcome<T> {
  try {
    return { value: read() };
  } catch (error) {
    return { code: codeOf(error) };
  }
}

async function outcomeLater<T>(read: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    return { code: codeOf(error) };
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof AssayError)) throw error;
  // What a person reads: whole sentences, without what a terminal obeys, and not the file over again.
  if (!/^[A-Z][A-Z_]+$/.test(error.code) || error.message.length > MAX_MESSAGE_LENGTH) {
    throw new Error(`the refusal ${error.code} has ${error.message.length} characters`);
  }
  const details = JSON.stringify(error.details);
  if (details.length > MAX_DETAILS_LENGTH) {
    throw new Error(`the details of ${error.code} have ${details.length} characters`);
  }
  if (/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(error.message)) {
    throw new Error(`the refusal ${JSON.stringify(error.message)} speaks to the terminal`);
  }
  // Where the stack ran out once, it may run out next time where nothing catches it.
  if (error.message.includes('call stack')) throw new Error(`${error.code}: ${error.message}`);
  return error.code;
}

/** As stage-from-path.ts takes files into the store: of a tfjs model those that its manifest names. */
function stagedFiles({ format, files }: FuzzFile): CheckpointFiles {
  const modelJson = files.get(MODEL_FILE);
  if (modelJson === undefined) return checkpointOf(format, files);
  const model = parseModelJson(modelJson);
  const staged = new Map([[MODEL_FILE, modelJson]]);
  for (const { paths, byteLength } of model.groups) {
    let found = 0;
    for (const name of paths) {
      if (!/^\w[\w.-]*$/.test(name)) throw new Error(`a manifest may name ${JSON.stringify(name)}`);
      const bytes = files.get(name);
      if (bytes === undefined) {
        throw checkpointInvalid('a weight file is missing', { code: 'TFJS_WEIGHTS_MISSING' });
      }
      found += bytes.byteLength;
      staged.set(name, bytes);
    }
    if (found !== byteLength) {
      throw checkpointInvalid('weight files have other lengths', { code: 'TFJS_WEIGHTS_LENGTH' });
    }
  }
  return checkpointOf(model.format, staged);
}

function checkpointOf(
  format: CheckpointFiles['format'],
  files: ReadonlyMap<string, Uint8Array>,
): CheckpointFiles {
  return { format, files, digest: '', sizeBytes: 0 };
}

/** What a conversion would begin with; undefined for the format that can't be converted. */
function sourceOf(
  checkpoint: CheckpointFiles,
  description: CheckpointDescription,
): ConversionSource | undefined {
  const common = { checkpoint, sidecar: undefined };
  if (isSequential(checkpoint)) return { ...common, ...readSequential(checkpoint) };
  if (checkpoint.format !== 'onnx') return undefined;
  const model = readOnnxChain(onnxBytes(checkpoint));
  return { ...common, model, preprocessing: description.preprocessing, classNames: undefined };
}

function writeEverywhere(
  source: ConversionSource,
  { inputShape, classCount }: CheckpointDescription,
): void {
  for (const format of TARGET_FORMATS) {
    const target = targetOf(format === 'tfjs' ? 'net/' : `net.${format}`);
    const written = outcomeOf(() => encode(source, target));
    // Not every padding has a word in every format.
    if ('code' in written && written.code === 'CONVERT_LAYER_UNSUPPORTED') continue;
    const hasWeights = source.model.layers.some((layer) => 'weight' in layer);
    if ('code' in written && written.code === 'CONVERT_NO_WEIGHTS' && !hasWeights) continue;
    const back = outcomeOf(() => {
      if ('code' in written) return undefined;
      return describeCheckpoint(checkpointOf(FORMATS[format], written.value));
    });
    const { value } = 'value' in back ? back : { value: undefined };
    if (!isDeepStrictEqual([value?.inputShape, value?.classCount], [inputShape, classCount])) {
      throw new Error(`what is written as ${format} can not be read: ${JSON.stringify(back)}`);
    }
  }
}
