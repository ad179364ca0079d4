/** Reads what a graph is made of, attributes and weights included, so that it can be written in another format. */
import { UserError } from '../../../errors';
import { checkpointInvalid } from '../checkpoint-invalid';
import { ATTRIBUTE, DATA_TYPE, GRAPH, MODEL, NODE, TENSOR } from './onnx-schema';
import { readTensor } from './onnx-tensor';
import { eachField, FieldBudget, MalformedProtobuf } from './protobuf-fields';

/** Of the kinds that the operators of a classifier have; anything else is only known to be there. */
export type AttributeValue = number | string | readonly number[] | undefined;

export interface NodeParts {
  name: string;
  opType: string;
  /** '' for ONNX's own operators. */
  domain: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: ReadonlyMap<string, AttributeValue>;
}

export interface WeightParts {
  shape: readonly number[];
  dataType: number;
  /**
   * Reads the values; undefined where they are not float32.
   *
   * @throws UserError ONNX_UNREADABLE where there are not as many as the shape says
   */
  values: () => Float32Array | undefined;
}

export interface GraphParts {
  nodes: readonly NodeParts[];
  weights: ReadonlyMap<string, WeightParts>;
}

/**
 * @param bytes a model that readOnnx has read, so it has one graph and no data outside
 * @throws UserError ONNX_UNREADABLE
 */
export function readParts(bytes: Uint8Array): GraphParts {
  return readable(() => partsOf(bytes));
}

/** Whatever reading protobuf throws is an error of the file's. */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError) throw error;
    const reason = error instanceof Error ? error.message : 'unreadable';
    throw checkpointInvalid(`it is not a readable ONNX model: ${reason}`, {
      code: 'ONNX_UNREADABLE',
      cause: error,
    });
  }
}

function partsOf(bytes: Uint8Array): GraphParts {
  const budget = new FieldBudget();
  const nodes: NodeParts[] = [];
  const weights = new Map<string, WeightParts>();
  eachField(bytes, budget, (field) => {
    if (field.number !== MODEL.graph) return;
    eachField(field.bytes(), budget, (inner) => {
      if (inner.number === GRAPH.node) nodes.push(readNode(inner.bytes(), budget));
      else if (inner.number === GRAPH.initializer) addWeight(inner.bytes(), budget, weights);
    });
  });
  return { nodes, weights };
}

function readNode(message: Uint8Array, budget: FieldBudget): NodeParts {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, AttributeValue>();
  let name = '';
  let opType = '';
  let domain = '';
  eachField(message, budget, (field) => {
    if (field.number === NODE.input) inputs.push(field.string());
    else if (field.number === NODE.output) outputs.push(field.string());
    else if (field.number === NODE.name) name = field.string();
    else if (field.number === NODE.opType) opType = field.string();
    else if (field.number === NODE.domain) domain = field.string();
    else if (field.number === NODE.attribute) readAttribute(field.bytes(), budget, attributes);
  });
  return { name, opType, domain: domain === 'ai.onnx' ? '' : domain, inputs, outputs, attributes };
}

function readAttribute(
  message: Uint8Array,
  budget: FieldBudget,
  attributes: Map<string, AttributeValue>,
): void {
  let name = '';
  let value: AttributeValue;
  const ints: number[] = [];
  eachField(message, budget, (field) => {
    if (field.number === ATTRIBUTE.name) name = field.string();
    else if (field.number === ATTRIBUTE.i) value = field.int();
    else if (field.number === ATTRIBUTE.f) value = field.float();
    else if (field.number === ATTRIBUTE.s) value = field.string();
    else if (field.number === ATTRIBUTE.ints) {
      for (const one of field.ints(budget)) ints.push(one);
    }
  });
  attributes.set(name, ints.length > 0 ? ints : value);
}

function addWeight(
  message: Uint8Array,
  budget: FieldBudget,
  weights: Map<string, WeightParts>,
): void {
  const { name, dims, dataType, elementCount } = readTensor(message, budget);
  if (weights.has(name)) throw new MalformedProtobuf('two tensors have the same name');
  const values = () =>
    dataType === DATA_TYPE.float ? readable(() => floatsOf(message, elementCount)) : undefined;
  weights.set(name, { shape: dims, dataType, values });
}

/** Both fields hold little-endian float32 values; a packed list of floats is nothing but their bytes. */
function floatsOf(message: Uint8Array, elementCount: number): Float32Array {
  const parts: Uint8Array[] = [];
  const budget = new FieldBudget();
  eachField(message, budget, (field) => {
    if (field.number === TENSOR.rawData || field.number === TENSOR.floatData) {
      parts.push(field.bytes());
    }
  });
  const bytes = Uint8Array.from(Buffer.concat(parts));
  if (bytes.byteLength !== 4 * elementCount) {
    throw new MalformedProtobuf(`a tensor has ${bytes.byteLength} bytes, not ${4 * elementCount}`);
  }
  return new Float32Array(bytes.buffer);
}
