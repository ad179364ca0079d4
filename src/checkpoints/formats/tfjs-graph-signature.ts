/** The two ends of a tfjs graph model, as its signature and its placeholder say. */
import { checkpointInvalid, quoted } from './checkpoint-invalid';
import { decimalOf, isJsonObject, isWhole, type JsonObject } from './json-value';
import { type GraphNode, nodeNameOf } from './tfjs-graph-nodes';

const MAX_RANK = 16;

export interface GraphEnd {
  /** Of the tensor: a node's name, perhaps with `:0`. */
  name: string;
  /** As in DT_FLOAT. */
  dtype: string;
  /** A TensorShapeProto in JSON, which nobody has checked. */
  shape: unknown;
  node: GraphNode;
}

/** @throws UserError CHECKPOINT_INVALID where the signature has not exactly one input or output */
export function onlyEnd(
  json: JsonObject,
  side: 'inputs' | 'outputs',
  byName: ReadonlyMap<string, GraphNode>,
): GraphEnd {
  const signature = isJsonObject(json['signature']) ? json['signature'] : {};
  const entries = isJsonObject(signature[side]) ? Object.values(signature[side]) : [];
  const { name, dtype, tensorShape }: JsonObject = isJsonObject(entries[0]) ? entries[0] : {};
  if (entries.length !== 1 || typeof name !== 'string') {
    throw checkpointInvalid(
      `its signature has ${entries.length} usable ${side} where a classifier has one; convert the model ` +
        'again with tensorflowjs_converter --signature_name',
    );
  }
  const node = byName.get(nodeNameOf(name));
  if (node === undefined) {
    throw checkpointInvalid(`its signature names ${quoted(name)}, which is no node of the graph`);
  }
  const attr = isJsonObject(node.attr['shape']) ? node.attr['shape'] : {};
  return {
    name,
    dtype: typeof dtype === 'string' ? dtype : 'DT_FLOAT',
    // A placeholder says its shape too, where an older converter left it out of the signature.
    shape:
      isJsonObject(tensorShape) && tensorShape['dim'] !== undefined ? tensorShape : attr['shape'],
    node,
  };
}

/** Sizes, undefined where one is free; undefined where the file gives no shape. */
export function dimsOf({ shape }: GraphEnd): (number | undefined)[] | undefined {
  const dims = isJsonObject(shape) ? shape['dim'] : undefined;
  if (!Array.isArray(dims) || dims.length > MAX_RANK) return undefined;
  return dims.map((dim: unknown) => {
    const size = isJsonObject(dim) ? decimalOf(dim['size']) : Number.NaN;
    return isWhole(size, 1, Number.MAX_SAFE_INTEGER) ? size : undefined;
  });
}
