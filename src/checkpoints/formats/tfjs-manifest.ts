/** The frame of a tfjs layers model: model.json's two parts, and which bytes of which file are which weight. */
import { checkpointInvalid, quoted } from './checkpoint-invalid';
import { isJsonObject, isWhole, type JsonObject, parseJson } from './json-value';

export const MODEL_FILE = 'model.json';

/** tfjs writes shards of 4 MiB, so this is 16 GiB of weights. */
const MAX_SHARDS = 4096;
const MAX_WEIGHTS = 10_000;
const MAX_RANK = 8;
/** The first letter keeps out `..` and hidden files; the rest keeps out separators and encodings of them. */
const SHARD_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,254}$/;

export interface WeightSpec {
  name: string;
  shape: readonly number[];
  /** Float32 values: the product of the shape. */
  elementCount: number;
}

/** Weights that lie one after another in the concatenation of the files. */
export interface WeightGroup {
  paths: readonly string[];
  weights: readonly WeightSpec[];
  byteLength: number;
}

export interface TfjsModelJson {
  topology: JsonObject;
  groups: readonly WeightGroup[];
}

/** @throws UserError CHECKPOINT_INVALID; weights that are no float32 are listed all at once */
export function parseModelJson(bytes: Uint8Array): TfjsModelJson {
  const json = parseJson(bytes);
  if (!isJsonObject(json)) throw checkpointInvalid(`${MODEL_FILE} is not a JSON object`);
  if (json['format'] === 'graph-model') {
    throw checkpointInvalid(
      'this is a tfjs graph model; save it as a layers model, or export it to ONNX',
    );
  }
  const { modelTopology: topology, weightsManifest: manifest } = json;
  if (!isJsonObject(topology) || !Array.isArray(manifest)) {
    throw checkpointInvalid(
      `${MODEL_FILE} has no modelTopology or no weightsManifest, so it is no tfjs layers model`,
    );
  }
  const seen = new Set([MODEL_FILE, 'metadata.json']);
  const unsupported: string[] = [];
  const groups = manifest.map((group: unknown) => parseGroup(group, seen, unsupported));
  if (unsupported.length > 0) {
    throw checkpointInvalid(
      `only plain float32 weights are supported, not ${unsupported.join(', ')}`,
      { details: { weights: unsupported } },
    );
  }
  return { topology, groups };
}

function parseGroup(group: unknown, seen: Set<string>, unsupported: string[]): WeightGroup {
  const { paths, weights }: JsonObject = isJsonObject(group) ? group : {};
  if (!Array.isArray(paths) || !Array.isArray(weights)) {
    throw checkpointInvalid('a group of the weightsManifest lacks its paths or weights');
  }
  if (paths.length > MAX_SHARDS || weights.length > MAX_WEIGHTS) {
    throw checkpointInvalid(
      `the weightsManifest names more than ${MAX_SHARDS} files or ${MAX_WEIGHTS} weights`,
    );
  }
  const specs = weights.map((weight: unknown) => parseWeight(weight, unsupported));
  const byteLength = 4 * specs.reduce((sum, spec) => sum + spec.elementCount, 0);
  return {
    paths: paths.map((name: unknown) => checkedPath(name, seen)),
    weights: specs,
    byteLength,
  };
}

function checkedPath(name: unknown, seen: Set<string>): string {
  if (typeof name !== 'string' || !SHARD_NAME.test(name)) {
    throw checkpointInvalid(
      `the weightsManifest names the file ${quoted(String(name))}; a weight file lies beside ` +
        `${MODEL_FILE} under a plain name of letters, digits, '.', '_' and '-'`,
    );
  }
  if (seen.has(name)) {
    throw checkpointInvalid(`the weightsManifest uses the file ${quoted(name)} twice or wrongly`);
  }
  seen.add(name);
  return name;
}

function parseWeight(weight: unknown, unsupported: string[]): WeightSpec {
  const { name, shape, dtype, quantization }: JsonObject = isJsonObject(weight) ? weight : {};
  if (typeof name !== 'string' || !Array.isArray(shape)) {
    throw checkpointInvalid('a weight of the weightsManifest lacks its name or shape');
  }
  if (dtype !== 'float32' || quantization !== undefined) {
    const kind = quantization === undefined ? String(dtype) : 'quantized';
    unsupported.push(`${quoted(name)} (${quoted(kind)})`);
  }
  const dims = shape.map((size: unknown) => (isWhole(size, 0, 2 ** 31) ? size : Number.NaN));
  const elementCount = dims.reduce((product, size) => product * size, 1);
  if (dims.length > MAX_RANK || !isWhole(elementCount, 0, 2 ** 31)) {
    throw checkpointInvalid(`the weight ${quoted(name)} has an impossible shape`);
  }
  return { name, shape: dims, elementCount };
}
