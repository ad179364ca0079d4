/** Says what a checkpoint takes and gives without holding its weights, however large they are. */
import { checkSidecarSize } from '../architectures/parse-yaml';
import { MAX_METADATA_BYTES, MAX_MODEL_JSON_BYTES } from '../limits';
import type { ByteSource } from './byte-source';
import { METADATA_FILE } from './checkpoint-digest';
import type { CheckpointFormat } from './checkpoint-files';
import { checkpointInvalid, quoted } from './checkpoint-invalid';
import {
  type CheckpointDescription,
  describeOnnx,
  describeStateDict,
  describeTfjsIndex,
} from './describe-checkpoint';
import { readOnnxIndex } from './onnx/read-onnx-index';
import { readPytorchIndex } from './read-pytorch-index';
import { readSafetensorsHeader } from './safetensors/read-safetensors';
import { MODEL_FILE } from './tfjs-manifest';

type Sources = ReadonlyMap<string, ByteSource>;

/**
 * @param sources the files by name, as they are in the store
 * @throws UserError as describeCheckpoint; the values of weights are not looked at
 */
export async function describeSources(
  format: CheckpointFormat,
  sources: Sources,
): Promise<CheckpointDescription> {
  switch (format) {
    case 'onnx':
      return describeOnnx(await readOnnxIndex(weightsOf(sources)));
    case 'pytorch-state-dict':
      return describeStateDict(
        await readPytorchIndex(weightsOf(sources)),
        await sidecarOf(sources),
      );
    case 'safetensors':
      return describeStateDict(
        await readSafetensorsHeader(weightsOf(sources)),
        await sidecarOf(sources),
      );
    case 'tfjs-layers':
    case 'tfjs-graph':
      return describeTfjs(format, sources);
  }
}

/** The one file that is not a description. */
function weightsOf(sources: Sources): ByteSource {
  const [weights, ...more] = [...sources].filter(([name]) => !isSidecar(name));
  if (weights === undefined || more.length > 0) {
    throw checkpointInvalid(`its weights are one file, not ${sources.size}`);
  }
  return weights[1];
}

async function sidecarOf(sources: Sources): Promise<Uint8Array | undefined> {
  const [sidecar] = [...sources].filter(([name]) => isSidecar(name));
  if (sidecar === undefined) return undefined;
  const [, source] = sidecar;
  checkSidecarSize(source.size);
  return source.read(0, source.size);
}

function isSidecar(name: string): boolean {
  return name.endsWith('.yaml');
}

/** Only its JSON is read: the weight files were held against the manifest when they came. */
async function describeTfjs(
  format: 'tfjs-layers' | 'tfjs-graph',
  sources: Sources,
): Promise<CheckpointDescription> {
  const files = new Map<string, Uint8Array>();
  for (const [name, limit] of [
    [MODEL_FILE, MAX_MODEL_JSON_BYTES],
    [METADATA_FILE, MAX_METADATA_BYTES],
  ] as const) {
    const source = sources.get(name);
    if (source !== undefined) files.set(name, await readSmall(name, source, limit));
  }
  return describeTfjsIndex(format, files);
}

function readSmall(name: string, source: ByteSource, limit: number): Promise<Uint8Array> {
  if (source.size > limit) {
    throw checkpointInvalid(
      `${quoted(name)} has ${source.size} bytes; at most ${limit} are allowed`,
    );
  }
  return source.read(0, source.size);
}
