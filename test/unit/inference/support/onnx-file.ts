/** Makes ONNX files of any shape, sound or hostile, for the tests of the reader and the engine. */
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { GRAPH, MODEL, OPSET } from '../../../../src/checkpoints/formats/onnx/onnx-schema';
import type { Tensor } from '../../../../src/checkpoints/formats/sequential-model';
import {
  integer,
  message,
  type NodeSpec,
  text,
  writeNode,
  writeTensor,
  writeValueInfo,
} from '../../../../src/inference/onnx/onnx-encoder';

type Dims = readonly (number | string)[];

export interface OnnxFileSpec {
  inputs?: Record<string, Dims>;
  outputs?: Record<string, Dims>;
  nodes?: readonly NodeSpec[];
  initializers?: Record<string, Tensor>;
  /** Of all inputs: denoted as channels. */
  channelAxis?: number;
  /** Adds fields to the graph by hand. */
  extra?: (writer: BinaryWriter) => void;
}

/** A linear classifier on NCHW images unless the parts say otherwise. */
export function onnxFile(spec: OnnxFileSpec = {}): Uint8Array {
  const writer = new BinaryWriter();
  integer(writer, MODEL.irVersion, 8);
  message(writer, MODEL.graph, () => {
    for (const node of spec.nodes ?? linearNodes()) {
      message(writer, GRAPH.node, () => {
        writeNode(writer, node);
      });
    }
    text(writer, GRAPH.name, 'test');
    for (const [name, tensor] of Object.entries(spec.initializers ?? {})) {
      message(writer, GRAPH.initializer, () => {
        writeTensor(writer, name, tensor);
      });
    }
    for (const [name, dims] of Object.entries(spec.inputs ?? { images: ['n', 1, 2, 2] })) {
      message(writer, GRAPH.input, () => {
        writeValueInfo(writer, name, dims, spec.channelAxis);
      });
    }
    for (const [name, dims] of Object.entries(spec.outputs ?? { logits: ['n', 3] })) {
      message(writer, GRAPH.output, () => {
        writeValueInfo(writer, name, dims);
      });
    }
    spec.extra?.(writer);
  });
  message(writer, MODEL.opsetImport, () => {
    text(writer, OPSET.domain, '');
    integer(writer, OPSET.version, 17);
  });
  return writer.finish();
}

/** images → Flatten → Gemm with the initializers `weight` [out, in] and `bias` [out] → logits. */
export function linearNodes(input = 'images'): NodeSpec[] {
  return [
    { opType: 'Flatten', name: 'flat', inputs: [input], output: 'row', attributes: { axis: 1 } },
    {
      opType: 'Gemm',
      name: 'gemm',
      inputs: ['row', 'weight', 'bias'],
      output: 'logits',
      attributes: { transB: 1 },
    },
  ];
}
