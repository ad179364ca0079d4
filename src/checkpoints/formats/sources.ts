/** The files of a checkpoint, each by its part: weights of any size, and small ones that describe them. */
import { checkSidecarSize } from '../architectures/parse-yaml';
import { MAX_METADATA_BYTES, MAX_MODEL_JSON_BYTES } from '../limits';
import type { ByteSource } from './byte-source';
import { METADATA_FILE } from './checkpoint-digest';
import { checkpointInvalid, quoted } from './checkpoint-invalid';
import { MODEL_FILE } from './tfjs-manifest';

/** By name, as they are in the store. */
export type Sources = ReadonlyMap<string, ByteSource>;

/** The one file that is not a description. */
export function weightsOf(sources: Sources): ByteSource {
  const [weights, ...more] = [...sources].filter(([name]) => !isSidecar(name));
  if (weights === undefined || more.length > 0) {
    throw checkpointInvalid(`its weights are one file, not ${sources.size}`);
  }
  return weights[1];
}

export async function sidecarOf(sources: Sources): Promise<Uint8Array | undefined> {
  const [sidecar] = [...sources].filter(([name]) => isSidecar(name));
  if (sidecar === undefined) return undefined;
  const [, source] = sidecar;
  checkSidecarSize(source.size);
  return source.read(0, source.size);
}

function isSidecar(name: string): boolean {
  return name.endsWith('.yaml');
}

/** model.json of a tfjs model, and metadata.json where there is one. */
export async function tfjsJsonOf(sources: Sources): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const [name, limit] of [
    [MODEL_FILE, MAX_MODEL_JSON_BYTES],
    [METADATA_FILE, MAX_METADATA_BYTES],
  ] as const) {
    const source = sources.get(name);
    if (source !== undefined) files.set(name, await readSmall(name, source, limit));
  }
  return files;
}

function readSmall(name: string, source: ByteSource, limit: number): Promise<Uint8Array> {
  if (source.size > limit) {
    throw checkpointInvalid(
      `${quoted(name)} has ${source.size} bytes; at most ${limit} are allowed`,
    );
  }
  return source.read(0, source.size);
}
