/** The nodes of a tfjs graph model, checked before a runtime sees them. */
import { checkpointInvalid, itemized, listed, quoted } from './checkpoint-invalid';
import { decimalOf, isJsonObject, isWhole, type JsonObject } from './json-value';
import { isAllowedOperator } from './tfjs-graph-operators';

const MAX_NODES = 20_000;
const MAX_INPUTS = 1000;
const MAX_WINDOW_SIDE = 1024;
/** The attributes that say how windows lie, by operator. */
const WINDOWS: ReadonlyMap<string, readonly string[]> = new Map([
  ['Conv2D', ['strides']],
  ['_FusedConv2D', ['strides']],
  ['DepthwiseConv2dNative', ['strides']],
  ['FusedDepthwiseConv2dNative', ['strides']],
  ['MaxPool', ['ksize', 'strides']],
  ['AvgPool', ['ksize', 'strides']],
]);
/** TensorFlow's own rule for the names of operations, kept to names that no JavaScript object has. */
const NODE_NAME = /^[A-Za-z0-9.][A-Za-z0-9_.\\/>-]{0,499}$/;

export interface GraphNode {
  name: string;
  op: string;
  /** `name`, `name:output` or `^name`. */
  input: readonly string[];
  attr: JsonObject;
}

/** @throws UserError CHECKPOINT_INVALID; operators that are not supported are listed all at once */
export function readNodes(list: unknown): GraphNode[] {
  if (!Array.isArray(list) || list.length === 0 || list.length > MAX_NODES) {
    throw checkpointInvalid(`a graph model has 1 to ${MAX_NODES} nodes`);
  }
  const nodes = list.map(readNode);
  const names = new Set(nodes.map(({ name }) => name));
  if (names.size < nodes.length) throw checkpointInvalid('two of its nodes have one name');
  const lost = nodes.flatMap(({ input }) => input).find((name) => !names.has(nodeNameOf(name)));
  if (lost !== undefined) {
    throw checkpointInvalid(`a node takes ${quoted(lost)}, which is not there`);
  }
  const refused = new Set(nodes.map(({ op }) => op).filter((op) => !isAllowedOperator(op)));
  if (refused.size > 0) {
    const words = [...refused].map(quoted);
    throw checkpointInvalid(
      `it has operators that are not run here: ${listed(words, ', ')}. Export the model to ONNX instead`,
      { details: { operators: itemized(words) } },
    );
  }
  for (const node of nodes) checkWindow(node);
  return nodes;
}

/** The wasm kernels answer windows of no size with whatever lies in memory, and say so on stderr only. */
function checkWindow({ name, op, attr }: GraphNode): void {
  const sizes = WINDOWS.get(op) ?? [];
  const wrong = sizes.find((key) => !isWindow(attr[key]));
  if (wrong !== undefined) {
    throw checkpointInvalid(`the node ${quoted(name)} (${op}) has no usable ${wrong}`);
  }
}

/** [1, height, width, 1] as an AttrValue in JSON, in either order of the axes. */
function isWindow(value: unknown): boolean {
  const list = isJsonObject(value) ? value['list'] : undefined;
  const { f: floats = [], i: sizes }: JsonObject = isJsonObject(list) ? list : {};
  return (
    // The executor would take these instead.
    Array.isArray(floats) &&
    floats.length === 0 &&
    Array.isArray(sizes) &&
    sizes.length === 4 &&
    sizes.every((size: unknown) => isWhole(decimalOf(size), 1, MAX_WINDOW_SIDE))
  );
}

function readNode(node: unknown): GraphNode {
  const { name, op, input = [], attr = {} }: JsonObject = isJsonObject(node) ? node : {};
  const isNamed = typeof name === 'string' && NODE_NAME.test(name);
  if (!isNamed || typeof op !== 'string' || !Array.isArray(input) || !isJsonObject(attr)) {
    throw checkpointInvalid('a node of the modelTopology lacks a usable name, op, input or attr');
  }
  const inputs: unknown[] = input;
  const isText = (value: unknown): value is string => typeof value === 'string';
  if (inputs.length > MAX_INPUTS || !inputs.every(isText)) {
    throw checkpointInvalid(`the node ${quoted(name)} has unusable inputs`);
  }
  return { name, op, input: inputs, attr };
}

/** `^` marks a node that must only run before, `:1` its second output. */
export function nodeNameOf(input: string): string {
  return input.replace(/^\^/, '').replace(/:\d+$/, '');
}
