/** Reads from an ONNX file what must be known before a runtime sees it: inputs, outputs, weights, operators. */
import { UserError } from '../../../errors';
import { checkpointInvalid } from '../checkpoint-invalid';
import { ATTRIBUTE, FUNCTION, GRAPH, MODEL, NODE, SPARSE_TENSOR, TRAINING } from './onnx-schema';
import { type OnnxTensor, readTensor } from './onnx-tensor';
import { type OnnxValue, readValue } from './onnx-value';
import { eachField, type FieldBudget, FieldBudget as Budget } from './protobuf-fields';

export interface OnnxNode {
  opType: string;
  inputs: readonly string[];
  outputs: readonly string[];
}

export interface OnnxGraph {
  /** In the file's order; an input that has an initializer of its name is a weight, not an input. */
  inputs: readonly OnnxValue[];
  outputs: readonly OnnxValue[];
  initializers: readonly OnnxTensor[];
  nodes: readonly OnnxNode[];
}

/**
 * @throws UserError ONNX_UNREADABLE where the bytes are no ONNX model, ONNX_OPERATOR_FORBIDDEN where it loops,
 *   CHECKPOINT_EXTERNAL_DATA where any tensor, in nested graphs and functions too, lies in another file
 */
export function readOnnx(bytes: Uint8Array): OnnxGraph {
  // The runtime tells its own format by this mark, and would then not read what was checked here.
  if (Buffer.from(bytes.subarray(4, 8)).toString('latin1') === 'ORTM') {
    throw unreadable('this is a model in the ORT format; give the ONNX file it was made from');
  }
  try {
    return readModel(bytes, new Budget());
  } catch (error) {
    if (error instanceof UserError) throw error;
    const reason = error instanceof Error ? error.message : 'unreadable';
    throw unreadable(`it is not a readable ONNX model: ${reason}`, error);
  }
}

function unreadable(found: string, cause?: unknown): UserError {
  return checkpointInvalid(found, { code: 'ONNX_UNREADABLE', cause });
}

function readModel(bytes: Uint8Array, budget: FieldBudget): OnnxGraph {
  const graphs: OnnxGraph[] = [];
  eachField(bytes, budget, (field) => {
    if (field.number === MODEL.graph) graphs.push(readGraph(field.bytes(), budget));
    else if (field.number === MODEL.functions) scanFunction(field.bytes(), budget);
    else if (field.number === MODEL.trainingInfo) scanTraining(field.bytes(), budget);
  });
  const [graph] = graphs;
  if (graph === undefined) throw unreadable('it is not an ONNX model: it holds no graph');
  // Protobuf readers merge the two; what was checked would not be what runs.
  if (graphs.length > 1) throw unreadable('the ONNX file holds more than one graph');
  return graph;
}

function readGraph(message: Uint8Array, budget: FieldBudget): OnnxGraph {
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  const initializers: OnnxTensor[] = [];
  const nodes: OnnxNode[] = [];
  eachField(message, budget, (field) => {
    if (field.number === GRAPH.node) nodes.push(readNode(field.bytes(), budget));
    else if (field.number === GRAPH.initializer) {
      initializers.push(readTensor(field.bytes(), budget));
    } else if (field.number === GRAPH.sparseInitializer) {
      initializers.push(...readSparse(field.bytes(), budget));
    } else if (field.number === GRAPH.input) inputs.push(readValue(field.bytes(), budget));
    else if (field.number === GRAPH.output) outputs.push(readValue(field.bytes(), budget));
  });
  const weights = new Set(initializers.map(({ name }) => name));
  return {
    inputs: inputs.filter(({ name }) => !weights.has(name)),
    outputs,
    initializers,
    nodes,
  };
}

function readNode(message: Uint8Array, budget: FieldBudget): OnnxNode {
  let opType = '';
  const inputs: string[] = [];
  const outputs: string[] = [];
  eachField(message, budget, (field) => {
    if (field.number === NODE.opType) opType = field.string();
    else if (field.number === NODE.input) inputs.push(field.string());
    else if (field.number === NODE.output) outputs.push(field.string());
    else if (field.number === NODE.attribute) scanAttribute(field.bytes(), budget);
  });
  // One pass could take for ever, and a runtime in the middle of a pass can't be interrupted.
  if (opType === 'Loop') {
    throw checkpointInvalid('its graph has the operator Loop, whose running time has no bound', {
      code: 'ONNX_OPERATOR_FORBIDDEN',
    });
  }
  return { opType, inputs, outputs };
}

/** Looks through the tensors and graphs inside an attribute for data that lies elsewhere. */
function scanAttribute(message: Uint8Array, budget: FieldBudget): void {
  eachField(message, budget, (field) => {
    if (field.number === ATTRIBUTE.t || field.number === ATTRIBUTE.tensors) {
      readTensor(field.bytes(), budget);
    } else if (field.number === ATTRIBUTE.g || field.number === ATTRIBUTE.graphs) {
      readGraph(field.bytes(), budget);
    } else if (
      field.number === ATTRIBUTE.sparseTensor ||
      field.number === ATTRIBUTE.sparseTensors
    ) {
      readSparse(field.bytes(), budget);
    }
  });
}

/** @returns its values, which carry the name; the indices are no weights */
function readSparse(message: Uint8Array, budget: FieldBudget): OnnxTensor[] {
  const values: OnnxTensor[] = [];
  eachField(message, budget, (field) => {
    if (field.number === SPARSE_TENSOR.values) values.push(readTensor(field.bytes(), budget));
    else if (field.number === SPARSE_TENSOR.indices) readTensor(field.bytes(), budget);
  });
  return values;
}

function scanFunction(message: Uint8Array, budget: FieldBudget): void {
  eachField(message, budget, (field) => {
    if (field.number === FUNCTION.node) readNode(field.bytes(), budget);
    else if (field.number === FUNCTION.attributeProto) scanAttribute(field.bytes(), budget);
  });
}

function scanTraining(message: Uint8Array, budget: FieldBudget): void {
  eachField(message, budget, (field) => {
    if (field.number === TRAINING.initialization || field.number === TRAINING.algorithm) {
      readGraph(field.bytes(), budget);
    }
  });
}
