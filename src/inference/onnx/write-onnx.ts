/** Writes a SequentialModel as an ONNX file, so that one fast runtime runs checkpoints of every format. */
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { GRAPH, MODEL, OPSET } from '../../checkpoints/formats/onnx/onnx-schema';
import {
  endsInSoftmax,
  type HeightWidth,
  type Padding,
  type SequentialLayer,
  type SequentialModel,
  type Tensor,
} from '../../checkpoints/formats/sequential-model';
import {
  type Attributes,
  integer,
  message,
  type NodeSpec,
  text,
  writeNode,
  writeTensor,
  writeValueInfo,
} from './onnx-encoder';

/**
 * IR 8 with opset 17 is a pair that the ONNX release notes name together (ONNX 1.12), and the operators
 * below have not changed their meaning since (22 only adds bfloat16). onnxruntime 1.30 reads it as it is,
 * and so does every runtime since 1.12: a file written here can be looked at with older tools too.
 */
const IR_VERSION = 8;
const OPSET_VERSION = 17;

interface Operation {
  opType: string;
  attributes: Attributes;
  /** In the order of the operator's inputs after the first. */
  weights: Readonly<Record<string, Tensor>>;
}

/**
 * @returns the bytes of an ONNX model: input `images` [batch, channels, height, width], output `logits` (or
 *   `probabilities` where the model ends in softmax) [batch, classes], both float32 with a free batch. Dropout
 *   does nothing at inference and is left out.
 */
export function writeOnnx(model: SequentialModel): Uint8Array<ArrayBuffer> {
  const nodes: NodeSpec[] = [];
  const weights = new Map<string, Tensor>();
  const operations = model.layers.flatMap(operationOf);
  const result = endsInSoftmax(model) ? 'probabilities' : 'logits';
  let value = 'images';
  operations.forEach((operation, i) => {
    const name = `${i}_${operation.opType.toLowerCase()}`;
    const names = Object.entries(operation.weights).map(([part, tensor]) => {
      weights.set(`${name}.${part}`, tensor);
      return `${name}.${part}`;
    });
    const output = i === operations.length - 1 ? result : `${name}.out`;
    nodes.push({
      opType: operation.opType,
      name,
      inputs: [value, ...names],
      output,
      attributes: operation.attributes,
    });
    value = output;
  });
  return writeModel(model, nodes, weights, result);
}

function operationOf(layer: SequentialLayer): Operation[] {
  switch (layer.kind) {
    case 'conv2d': {
      const [height, width] = layer.weight.shape.slice(2) as [number, number];
      const window = windowOf({ ...layer, kernel: [height, width] });
      return [{ opType: 'Conv', attributes: window, weights: weightsOf(layer) }];
    }
    case 'batchNorm2d': {
      const { weight, bias, runningMean, runningVar, epsilon } = layer;
      return [
        {
          opType: 'BatchNormalization',
          attributes: { epsilon: { float: epsilon } },
          weights: { weight, bias, running_mean: runningMean, running_var: runningVar },
        },
      ];
    }
    case 'maxPool2d':
      return [{ opType: 'MaxPool', attributes: windowOf(layer), weights: {} }];
    case 'avgPool2d': {
      const count_include_pad = layer.countIncludePad ? 1 : 0;
      return [
        {
          opType: 'AveragePool',
          attributes: { ...windowOf(layer), count_include_pad },
          weights: {},
        },
      ];
    }
    case 'globalAvgPool2d':
      return [{ opType: 'GlobalAveragePool', attributes: {}, weights: {} }];
    case 'dense':
      // Gemm with transB takes PyTorch's [out, in] as it is.
      return [{ opType: 'Gemm', attributes: { transB: 1 }, weights: weightsOf(layer) }];
    case 'flatten':
      return [{ opType: 'Flatten', attributes: { axis: 1 }, weights: {} }];
    case 'relu':
      return [{ opType: 'Relu', attributes: {}, weights: {} }];
    case 'softmax':
      return [{ opType: 'Softmax', attributes: { axis: -1 }, weights: {} }];
    case 'dropout':
      return [];
  }
}

function windowOf(layer: { kernel: HeightWidth; strides: HeightWidth; padding: Padding }) {
  const { top, left, bottom, right } = layer.padding;
  return { kernel_shape: layer.kernel, strides: layer.strides, pads: [top, left, bottom, right] };
}

function weightsOf({
  weight,
  bias,
}: {
  weight: Tensor;
  bias: Tensor | undefined;
}): Record<string, Tensor> {
  return bias === undefined ? { weight } : { weight, bias };
}

function writeModel(
  model: SequentialModel,
  nodes: readonly NodeSpec[],
  weights: ReadonlyMap<string, Tensor>,
  result: string,
): Uint8Array<ArrayBuffer> {
  const { height, width, channels } = model.inputShape;
  const writer = new BinaryWriter();
  integer(writer, MODEL.irVersion, IR_VERSION);
  text(writer, MODEL.producerName, 'assay');
  message(writer, MODEL.graph, () => {
    for (const node of nodes)
      message(writer, GRAPH.node, () => {
        writeNode(writer, node);
      });
    text(writer, GRAPH.name, 'classifier');
    for (const [name, tensor] of weights) {
      message(writer, GRAPH.initializer, () => {
        writeTensor(writer, name, tensor);
      });
    }
    message(writer, GRAPH.input, () => {
      // A small image has sizes that could be channels too.
      writeValueInfo(writer, 'images', ['batch', channels, height, width], 1);
    });
    message(writer, GRAPH.output, () => {
      writeValueInfo(writer, result, ['batch', model.classCount]);
    });
  });
  message(writer, MODEL.opsetImport, () => {
    text(writer, OPSET.domain, '');
    integer(writer, OPSET.version, OPSET_VERSION);
  });
  return writer.finish();
}
