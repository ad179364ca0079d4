/** Encodes the parts of an ONNX file: nodes, attributes, weights and the shapes of inputs and outputs. */
import { type BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import {
  ATTRIBUTE,
  ATTRIBUTE_TYPE,
  DATA_TYPE,
  DIMENSION,
  NODE,
  SHAPE,
  TENSOR,
  TENSOR_TYPE,
  TYPE,
  VALUE_INFO,
} from '../../checkpoints/formats/onnx/onnx-schema';
import { CHANNELS_DENOTATION } from '../../checkpoints/formats/onnx/onnx-value';
import type { Tensor } from '../../checkpoints/formats/sequential-model';

/** One integer gives an `int` attribute, a list of them an `ints` attribute. */
export type Attributes = Readonly<
  Record<string, number | readonly number[] | { readonly float: number }>
>;

export interface NodeSpec {
  opType: string;
  name: string;
  inputs: readonly string[];
  output: string;
  attributes: Attributes;
}

export function message(writer: BinaryWriter, field: number, write: () => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write();
  writer.join();
}

export function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

export function integer(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(value);
}

export function writeNode(writer: BinaryWriter, node: NodeSpec): void {
  for (const input of node.inputs) text(writer, NODE.input, input);
  text(writer, NODE.output, node.output);
  text(writer, NODE.name, node.name);
  text(writer, NODE.opType, node.opType);
  for (const [name, value] of Object.entries(node.attributes)) {
    message(writer, NODE.attribute, () => {
      text(writer, ATTRIBUTE.name, name);
      if (typeof value === 'number') {
        integer(writer, ATTRIBUTE.i, value);
        integer(writer, ATTRIBUTE.type, ATTRIBUTE_TYPE.int);
      } else if ('float' in value) {
        writer.tag(ATTRIBUTE.f, WireType.Bit32).float(value.float);
        integer(writer, ATTRIBUTE.type, ATTRIBUTE_TYPE.float);
      } else {
        for (const item of value) integer(writer, ATTRIBUTE.ints, item);
        integer(writer, ATTRIBUTE.type, ATTRIBUTE_TYPE.ints);
      }
    });
  }
}

export function writeTensor(writer: BinaryWriter, name: string, { shape, data }: Tensor): void {
  for (const size of shape) integer(writer, TENSOR.dims, size);
  integer(writer, TENSOR.dataType, DATA_TYPE.float);
  text(writer, TENSOR.name, name);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  writer.tag(TENSOR.rawData, WireType.LengthDelimited).bytes(bytes);
}

/**
 * A float32 tensor; a dimension given as text is free and has that name.
 *
 * @param channelAxis the axis that is denoted as channels, where one is to be
 */
export function writeValueInfo(
  writer: BinaryWriter,
  name: string,
  dims: readonly (number | string)[],
  channelAxis?: number,
): void {
  text(writer, VALUE_INFO.name, name);
  message(writer, VALUE_INFO.type, () => {
    message(writer, TYPE.tensorType, () => {
      integer(writer, TENSOR_TYPE.elemType, DATA_TYPE.float);
      message(writer, TENSOR_TYPE.shape, () => {
        for (const [axis, size] of dims.entries()) {
          message(writer, SHAPE.dim, () => {
            if (typeof size === 'string') text(writer, DIMENSION.param, size);
            else integer(writer, DIMENSION.value, size);
            if (axis === channelAxis) text(writer, DIMENSION.denotation, CHANNELS_DENOTATION);
          });
        }
      });
    });
  });
}
