/** A checkpoint's layers one by one, for people to read. */
import type { ImageShape } from '../../datasets/dataset';
import { architectureFor } from '../architectures/architecture-for';
import { checkTensors, type TensorShapes } from '../architectures/bind-state-dict';
import type { CheckpointFiles, CheckpointFormat } from './checkpoint-files';
import { onnxBytes } from './describe-checkpoint';
import type { LayerSpec } from './layer-spec';
import { type Flow, shapesThrough } from './model-shapes';
import { readParts } from './onnx/onnx-parts';
import { readOnnx } from './onnx/read-onnx';
import { loadOnnxIndex } from './onnx/read-onnx-index';
import { readPytorchIndex } from './read-pytorch-index';
import { isSequential, readSequential } from './read-sequential';
import { readSafetensorsHeader } from './safetensors/read-safetensors';
import { parametersIn, type SequentialModel, specOf, wordsOf } from './sequential-model';
import { sidecarOf, type Sources, tfjsJsonOf, weightsOf } from './sources';
import { nodeNameOf } from './tfjs-graph-nodes';
import { readTfjsGraph, readTfjsGraphIndex, type TfjsGraph } from './tfjs-graph';
import { readTfjsLayersIndex } from './tfjs-layers';
import { MODEL_FILE } from './tfjs-manifest';

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
  if (isSequential(checkpoint)) return modelLayers(readSequential(checkpoint).model);
  return checkpoint.format === 'onnx'
    ? onnxNodes(onnxBytes(checkpoint))
    : graphNodes(readTfjsGraph(checkpoint));
}

/**
 * The same from the files' index, so that memory does not grow with the weights, whose values are not looked at.
 *
 * @throws UserError as describeSources
 */
export async function listLayersOfSources(
  format: CheckpointFormat,
  sources: Sources,
): Promise<ListedLayer[]> {
  switch (format) {
    case 'onnx':
      return onnxNodes(await loadOnnxIndex(weightsOf(sources)));
    case 'pytorch-state-dict':
      return stateDictLayers(await readPytorchIndex(weightsOf(sources)), sources);
    case 'safetensors':
      return stateDictLayers(await readSafetensorsHeader(weightsOf(sources)), sources);
    case 'tfjs-layers':
      return modelLayers(readTfjsLayersIndex(await modelJsonOf(sources)));
    case 'tfjs-graph':
      return graphNodes(readTfjsGraphIndex(await modelJsonOf(sources)));
  }
}

async function stateDictLayers(tensors: TensorShapes, sources: Sources): Promise<ListedLayer[]> {
  const { inputShape, layers } = architectureFor(tensors, await sidecarOf(sources));
  checkTensors(layers, tensors);
  return layersOf(inputShape, layers);
}

async function modelJsonOf(sources: Sources): Promise<Uint8Array> {
  return (await tfjsJsonOf(sources)).get(MODEL_FILE) ?? new Uint8Array();
}

function modelLayers({ inputShape, layers }: SequentialModel): ListedLayer[] {
  return layersOf(inputShape, layers.map(specOf));
}

function layersOf(inputShape: ImageShape, specs: readonly LayerSpec[]): ListedLayer[] {
  const flows = shapesThrough(inputShape, specs);
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

function graphNodes({ nodes, weights }: TfjsGraph): ListedLayer[] {
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
