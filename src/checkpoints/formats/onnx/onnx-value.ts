/** Reads a ValueInfoProto: the name, element type and shape of a graph's input or output. */
import { DIMENSION, SHAPE, TENSOR_TYPE, TYPE, VALUE_INFO } from './onnx-schema';
import { eachField, type FieldBudget } from './protobuf-fields';

/** A fixed size, or undefined where it is free (named or not). */
export type OnnxDimension = number | undefined;

export interface OnnxValue {
  name: string;
  /** As in DATA_TYPE; 0 where it is no tensor. */
  elementType: number;
  /** Undefined where the file gives no shape. */
  dims: readonly OnnxDimension[] | undefined;
}

export function readValue(message: Uint8Array, budget: FieldBudget): OnnxValue {
  const value: OnnxValue = { name: '', elementType: 0, dims: undefined };
  eachField(message, budget, (field) => {
    if (field.number === VALUE_INFO.name) value.name = field.string();
    else if (field.number === VALUE_INFO.type) readType(field.bytes(), value, budget);
  });
  return value;
}

function readType(message: Uint8Array, value: OnnxValue, budget: FieldBudget): void {
  eachField(message, budget, (field) => {
    if (field.number !== TYPE.tensorType) return;
    eachField(field.bytes(), budget, (inner) => {
      if (inner.number === TENSOR_TYPE.elemType) value.elementType = inner.int();
      else if (inner.number === TENSOR_TYPE.shape) value.dims = readShape(inner.bytes(), budget);
    });
  });
}

function readShape(message: Uint8Array, budget: FieldBudget): OnnxDimension[] {
  const dims: OnnxDimension[] = [];
  eachField(message, budget, (field) => {
    if (field.number === SHAPE.dim) dims.push(readDimension(field.bytes(), budget));
  });
  return dims;
}

/** Exporters write −1 or 0 for a free size at times. */
function readDimension(message: Uint8Array, budget: FieldBudget): OnnxDimension {
  let size: OnnxDimension;
  eachField(message, budget, (field) => {
    if (field.number === DIMENSION.value) size = field.int();
    else if (field.number === DIMENSION.param) size = undefined;
  });
  return size !== undefined && size > 0 ? size : undefined;
}
