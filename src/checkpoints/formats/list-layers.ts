/** A checkpoint's layers one by one, for people to read. */
import type { CheckpointFiles } from './checkpoint-files';
import { onnxBytes } from './describe-checkpoint';
import type { LayerSpec } from './layer-spec';
import { type Flow, shapesThrough } from './model-shapes';
import { readParts } from './onnx/onnx-parts';
import { readOnnx } from './onnx/read-onnx';
import { isSequential, readSequential } from './read-sequential';
import { parametersIn, type SequentialModel, specOf, wordsOf } from './sequential-model';
import { nodeNameOf } from './tfjs-graph-nodes';
import { readTfjsGraph } from './tfjs-graph';

export interface ListedLayer {
  /** What it or its tensors are called; '' where it has no name. Text out of the file. */
  name: string;
  /** What it does: words, or the operator of a graph. Text out of the file where it is an operator. */
  kind: string;
  /** [height, width, channels] or [features]; null in a graph, whose shapes only a runtime knows. */
  outputShape: readonly number[] | null;
  /** Of its weights, in the format's own layout. */
  weightShapes: readonly (readonly number[])[];
  /** Trained numbers; in a graph the elements of all weights. */
  parameterCount: number;
}

/**
 * Layers in their order; of a graph its nodes, in the file's order.
 *
 * @throws UserError what the reader of the format throws
 */
export function listLayers(checkpoint: CheckpointFiles): ListedLayer[] {
  if (isSequential(checkpoint)) return layersOf(readSequential(checkpoint).model);
  return checkpoint.format === 'onnx' ? onnxNodes(onnxBytes(checkpoint)) : graphNodes(checkpoint);
}

function layersOf(model: SequentialModel): ListedLayer[] {
  const specs = model.layers.map(specOf);
  const flows = shapesThrough(model.inputShape, specs);
  return specs.map((spec, position) => ({
    name: 'name' in spec ? spec.name : '',
    kind: wordsOf(spec),
    outputShape: dimensionsOf(flows[position]),
    weightShapes: weightShapesOf(spec),
    parameterCount: parametersIn([spec]),
  }));
}

function dimensionsOf(flow: Flow | undefined): number[] | null {
  if (flow?.kind !== 'image') return flow ? [flow.count] : null;
  const { height, width, channels } = flow.shape;
  return [height, width, channels];
}

function weightShapesOf(spec: LayerSpec): number[][] {
  switch (spec.kind) {
    case 'conv2d': {
      const { outputs, inputs, kernel, bias } = spec;
      return [[outputs, inputs, ...kernel], ...(bias ? [[outputs]] : [])];
    }
    case 'dense':
      return [[spec.outputs, spec.inputs], ...(spec.bias ? [[spec.outputs]] : [])];
    case 'batchNorm2d':
      return new Array<number[]>(4).fill([spec.channels]);
    default:
      return [];
  }
}

function onnxNodes(bytes: Uint8Array): ListedLayer[] {
  // What it refuses, the parts would not be safe from.
  readOnnx(bytes);
  const { nodes, weights } = readParts(bytes);
  return nodes.map(({ name, opType, inputs }) => {
    const shapes = inputs.flatMap((input) => {
      const weight = weights.get(input);
      return weight === undefined ? [] : [weight.shape];
    });
    return graphLayer(name, opType, shapes);
  });
}

function graphNodes(checkpoint: CheckpointFiles): ListedLayer[] {
  const { nodes, weights } = readTfjsGraph(checkpoint);
  const shapes = new Map(weights.map(({ name, shape }) => [name, shape]));
  return nodes
    .filter(({ op }) => !['Const', 'Placeholder', 'NoOp'].includes(op))
    .map(({ name, op, input }) => {
      const own = input.flatMap((one) => {
        const shape = shapes.get(nodeNameOf(one));
        return shape === undefined ? [] : [shape];
      });
      return graphLayer(name, op, own);
    });
}

function graphLayer(
  name: string,
  kind: string,
  weightShapes: readonly (readonly number[])[],
): ListedLayer {
  const sizes = weightShapes.map((shape) => shape.reduce((product, size) => product * size, 1));
  const parameterCount = sizes.reduce((sum, size) => sum + size, 0);
  return { name, kind, outputShape: null, weightShapes, parameterCount };
}
