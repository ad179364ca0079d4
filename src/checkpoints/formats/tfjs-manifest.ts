/** The frame of a tfjs model: model.json's parts, and which bytes of which file are which weight. */
import { checkpointInvalid, itemized, listed, quoted } from './checkpoint-invalid';
import { isJsonObject, isWhole, type JsonObject, parseJson, shownJson } from './json-value';

export const MODEL_FILE = 'model.json';

/** tfjs writes shards of 4 MiB, so this is 16 GiB of weights. */
const MAX_SHARDS = 4096;
const MAX_WEIGHTS = 10_000;
const MAX_RANK = 8;
/** The first letter keeps out `..` and hidden files; the rest keeps out separators and encodings of them. */
const SHARD_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,254}$/;

/** Bytes an element. Graph models keep shapes and axes as integers among their weights. */
const DTYPES = { float32: 4, int32: 4, bool: 1 } as const;
export type WeightDtype = keyof typeof DTYPES;

export interface WeightSpec {
  name: string;
  dtype: WeightDtype;
  shape: readonly number[];
  /** The product of the shape. */
  elementCount: number;
}

/** Weights that lie one after another in the concatenation of the files. */
export interface WeightGroup {
  paths: readonly string[];
  weights: readonly WeightSpec[];
  byteLength: number;
}

export interface TfjsModelJson {
  format: 'tfjs-layers' | 'tfjs-graph';
  /** The whole file. */
  json: JsonObject;
  topology: JsonObject;
  groups: readonly WeightGroup[];
}

/** @throws UserError CHECKPOINT_INVALID, TFJS_PATH_FORBIDDEN; weights of another type than the format allows are listed all at once */
export function parseModelJson(bytes: Uint8Array): TfjsModelJson {
  const json = parseJson(bytes);
  if (!isJsonObject(json)) throw checkpointInvalid(`${MODEL_FILE} is not a JSON object`);
  const format = json['format'] === 'graph-model' ? 'tfjs-graph' : 'tfjs-layers';
  const dtypes = format === 'tfjs-graph' ? Object.keys(DTYPES) : ['float32'];
  const { modelTopology: topology, weightsManifest: manifest } = json;
  if (!isJsonObject(topology) || !Array.isArray(manifest)) {
    throw checkpointInvalid(
      `${MODEL_FILE} has no modelTopology or no weightsManifest, so it is no tfjs model`,
    );
  }
  const seen = new Set([MODEL_FILE, 'metadata.json']);
  const unsupported: string[] = [];
  const groups = manifest.map((group: unknown) => parseGroup(group, { seen, unsupported, dtypes }));
  if (unsupported.length > 0) {
    throw checkpointInvalid(
      `only plain ${dtypes.join(', ')} weights are supported, not ${listed(unsupported, ', ')}`,
      { details: { weights: itemized(unsupported) } },
    );
  }
  return { format, json, topology, groups };
}

/** What is gathered over all groups. */
interface ManifestState {
  /** File names. */
  seen: Set<string>;
  /** Weights that are refused, in words. */
  unsupported: string[];
  dtypes: readonly string[];
}

function parseGroup(group: unknown, state: ManifestState): WeightGroup {
  const { paths, weights }: JsonObject = isJsonObject(group) ? group : {};
  if (!Array.isArray(paths) || !Array.isArray(weights)) {
    throw checkpointInvalid('a group of the weightsManifest lacks its paths or weights');
  }
  if (paths.length > MAX_SHARDS || weights.length > MAX_WEIGHTS) {
    throw checkpointInvalid(
      `the weightsManifest names more than ${MAX_SHARDS} files or ${MAX_WEIGHTS} weights`,
    );
  }
  const specs = weights.map((weight: unknown) => parseWeight(weight, state));
  const byteLength = specs.reduce((sum, spec) => sum + DTYPES[spec.dtype] * spec.elementCount, 0);
  return {
    paths: paths.map((name: unknown) => checkedPath(name, state.seen)),
    weights: specs,
    byteLength,
  };
}

function checkedPath(name: unknown, seen: Set<string>): string {
  if (typeof name !== 'string' || !SHARD_NAME.test(name)) {
    throw checkpointInvalid(
      `the weightsManifest names the file ${shownJson(name)}; a weight file lies beside ` +
        `${MODEL_FILE} under a plain name of letters, digits, '.', '_' and '-'`,
      { code: 'TFJS_PATH_FORBIDDEN' },
    );
  }
  if (seen.has(name)) {
    throw checkpointInvalid(`the weightsManifest uses the file ${quoted(name)} twice or wrongly`, {
      code: 'TFJS_PATH_FORBIDDEN',
    });
  }
  seen.add(name);
  return name;
}

function parseWeight(weight: unknown, { dtypes, unsupported }: ManifestState): WeightSpec {
  const { name, shape, dtype, quantization }: JsonObject = isJsonObject(weight) ? weight : {};
  if (typeof name !== 'string' || !Array.isArray(shape)) {
    throw checkpointInvalid('a weight of the weightsManifest lacks its name or shape');
  }
  const isFit = typeof dtype === 'string' && dtypes.includes(dtype);
  if (!isFit || quantization !== undefined) {
    const kind = quantization === undefined ? shownJson(dtype) : '"quantized"';
    unsupported.push(`${quoted(name)} (${kind})`);
  }
  const dims = shape.map((size: unknown) => (isWhole(size, 0, 2 ** 31) ? size : Number.NaN));
  const elementCount = dims.reduce((product, size) => product * size, 1);
  if (dims.length > MAX_RANK || !isWhole(elementCount, 0, 2 ** 31)) {
    throw checkpointInvalid(`the weight ${quoted(name)} has an impossible shape`);
  }
  // A type that is not supported is told at the end, with all others.
  return { name, dtype: isFit ? (dtype as WeightDtype) : 'float32', shape: dims, elementCount };
}
