/** Reads a tfjs graph model (converted from a SavedModel): what it takes and gives, and that nothing in it loops. */
import type { ImageShape } from '../../datasets/dataset';
import type { CheckpointFiles } from './checkpoint-files';
import { checkpointInvalid, quoted } from './checkpoint-invalid';
import { isWhole } from './json-value';
import { dimsOf, type GraphEnd, onlyEnd } from './tfjs-graph-signature';
import { type GraphNode, nodeNameOf, readNodes } from './tfjs-graph-nodes';
import { MODEL_FILE, parseModelJson, type WeightSpec } from './tfjs-manifest';

const MAX_IMAGE_SIDE = 8192;
const MAX_CLASSES = 65_535;

export interface TfjsGraph {
  /** Every operator is one that ends after a bounded number of steps. */
  nodes: readonly GraphNode[];
  input: GraphEnd;
  output: GraphEnd;
  layout: 'NCHW' | 'NHWC';
  inputShape: ImageShape;
  classCount: number;
  endsInSoftmax: boolean;
  weights: readonly WeightSpec[];
}

export interface LoadedTfjsGraph extends TfjsGraph {
  /** Of all weights, one after another. */
  weightData: Uint8Array<ArrayBuffer>;
}

/** @throws UserError CHECKPOINT_INVALID; operators that are not supported are listed all at once */
export function readTfjsGraph(checkpoint: CheckpointFiles): LoadedTfjsGraph {
  const modelJson = checkpoint.files.get(MODEL_FILE) ?? new Uint8Array();
  const graph = readTfjsGraphIndex(modelJson);
  return { ...graph, weightData: joined(checkpoint, parseModelJson(modelJson).groups) };
}

/**
 * Everything but the data of its weights, from model.json alone.
 *
 * @throws UserError as readTfjsGraph, but for what is wrong with weight files
 */
export function readTfjsGraphIndex(modelJson: Uint8Array): TfjsGraph {
  const { format, json, topology, groups } = parseModelJson(modelJson);
  if (format !== 'tfjs-graph') throw checkpointInvalid(`${MODEL_FILE} is of no graph model`);
  if (json['modelInitializer'] !== undefined || json['initializerSignature'] !== undefined) {
    throw checkpointInvalid('it has an initializer graph, and only graphs without state are run');
  }
  const nodes = readNodes(topology['node']);
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const input = onlyEnd(json, 'inputs', byName);
  const output = onlyEnd(json, 'outputs', byName);
  return {
    nodes,
    input,
    output,
    ...imageInput(input),
    classCount: classesOf(output),
    endsInSoftmax: isSoftmax(output.node, byName),
    weights: groups.flatMap(({ weights }) => weights),
  };
}

function imageInput(end: GraphEnd): { layout: 'NCHW' | 'NHWC'; inputShape: ImageShape } {
  const dims = dimsOf(end);
  const [batch, a, b, c] = dims ?? [];
  const fits =
    dims?.length === 4 &&
    batch === undefined &&
    [a, b, c].every((size) => isWhole(size, 1, MAX_IMAGE_SIDE));
  if (end.dtype === 'DT_FLOAT' && fits && a !== undefined && b !== undefined && c !== undefined) {
    // TensorFlow's images have their channels last.
    if (isChannels(c)) return { layout: 'NHWC', inputShape: { height: a, width: b, channels: c } };
    if (isChannels(a)) return { layout: 'NCHW', inputShape: { height: b, width: c, channels: a } };
  }
  throw checkpointInvalid(
    'the input must be float32 images, [batch, height, width, channels], with 1, 3 or 4 channels and only ' +
      `the batch free, not ${words(end)}`,
  );
}

function isChannels(size: number): boolean {
  return size === 1 || size === 3 || size === 4;
}

function classesOf(end: GraphEnd): number {
  const dims = dimsOf(end);
  const classCount = dims?.[1];
  const isRow = dims?.length === 2 && dims[0] === undefined;
  if (end.dtype === 'DT_FLOAT' && isRow && isWhole(classCount, 2, MAX_CLASSES)) return classCount;
  throw checkpointInvalid(
    `the output must be float32 [batch, classes] with a fixed number of classes, not ${words(end)}`,
  );
}

function words(end: GraphEnd): string {
  const dims = dimsOf(end)
    ?.slice(0, 8)
    .map((size) => size ?? '?');
  const shape = dims === undefined ? 'no shape' : `[${dims.join(', ')}]`;
  return `${quoted(end.name)} (${quoted(end.dtype)}, ${shape})`;
}

/** The converter leaves an Identity behind the last operation. */
function isSoftmax(node: GraphNode, byName: ReadonlyMap<string, GraphNode>): boolean {
  const seen = new Set<GraphNode>();
  let last: GraphNode | undefined = node;
  while (last?.op === 'Identity' && !seen.has(last)) {
    seen.add(last);
    last = byName.get(nodeNameOf(last.input[0] ?? ''));
  }
  return last?.op === 'Softmax';
}

function joined(
  { files }: CheckpointFiles,
  groups: readonly { paths: readonly string[]; byteLength: number }[],
): Uint8Array<ArrayBuffer> {
  const shards: Uint8Array[] = [];
  for (const { paths, byteLength } of groups) {
    const found = paths.map((path) => files.get(path) ?? new Uint8Array());
    if (found.reduce((sum, shard) => sum + shard.byteLength, 0) !== byteLength) {
      throw checkpointInvalid('its weight files do not hold what the manifest says', {
        code: 'TFJS_WEIGHTS_LENGTH',
      });
    }
    shards.push(...found);
  }
  const bytes = new Uint8Array(shards.reduce((sum, shard) => sum + shard.byteLength, 0));
  let end = 0;
  for (const shard of shards) {
    bytes.set(shard, end);
    end += shard.byteLength;
  }
  return bytes;
}
