/** Says what a checkpoint takes and gives, without running it or loading a runtime. */
import type { ImageShape } from '../../datasets/dataset';
import { architectureFor } from '../architectures/architecture-for';
import { checkTensors, type TensorShapes } from '../architectures/bind-state-dict';
import { completePreprocessing, defaultPreprocessing, type Preprocessing } from '../preprocessing';
import { METADATA_FILE } from './checkpoint-digest';
import type { CheckpointFiles } from './checkpoint-files';
import { checkpointInvalid } from './checkpoint-invalid';
import { isJsonObject, type JsonObject, parseJson } from './json-value';
import type { LayerSpec } from './layer-spec';
import { contractOf } from './onnx/onnx-contract';
import { DATA_TYPE } from './onnx/onnx-schema';
import { type OnnxGraph, readOnnx } from './onnx/read-onnx';
import { readStateDict, stateDictFiles } from './read-sequential';
import { architectureIn, parametersIn, specOf, type SequentialModel } from './sequential-model';
import { readTfjsGraph, readTfjsGraphIndex, type TfjsGraph } from './tfjs-graph';
import { readTfjsLayers, readTfjsLayersIndex } from './tfjs-layers';
import { MODEL_FILE } from './tfjs-manifest';

const FLOATS: readonly number[] = Object.values(DATA_TYPE);
const LONGEST_ARCHITECTURE = 500;

export interface CheckpointDescription {
  inputShape: ImageShape;
  classCount: number;
  /** Of layers: their trained weights. Of a graph: the elements of its floating-point constants. */
  parameterCount: number;
  /** A line for people: the layers, or the operators of a graph; at most 500 characters. */
  architecture: string;
  /** What the checkpoint itself says, or the default. */
  preprocessing: Preprocessing;
  /** The file itself says that probabilities come out. */
  endsInSoftmax: boolean;
  /** Ordered, where the checkpoint names its classes. */
  classNames?: readonly string[];
  /** What metadata.json holds, unchecked. */
  metadata?: JsonObject;
}

/** @throws UserError what the reader of the format throws, and readSequential for state dicts */
export function describeCheckpoint(checkpoint: CheckpointFiles): CheckpointDescription {
  switch (checkpoint.format) {
    case 'tfjs-layers':
      return { ...describeTfjsLayers(readTfjsLayers(checkpoint)), ...metadataOf(checkpoint) };
    case 'tfjs-graph':
      return { ...describeTfjsGraph(readTfjsGraph(checkpoint)), ...metadataOf(checkpoint) };
    case 'onnx':
      return describeOnnx(readOnnx(onnxBytes(checkpoint)));
    case 'pytorch-state-dict':
    case 'safetensors':
      return describeStateDict(readStateDict(checkpoint), stateDictFiles(checkpoint).sidecar);
  }
}

/**
 * From names and shapes alone, so that the values of large tensors need not be read.
 *
 * @param sidecar the bytes of the YAML file beside the weights, undefined where there is none
 * @throws UserError CHECKPOINT_ARCHITECTURE_INVALID, CHECKPOINT_LAYERS_MISMATCH, CHECKPOINT_TENSORS_MISMATCH
 */
export function describeStateDict(
  tensors: TensorShapes,
  sidecar: Uint8Array | undefined,
): CheckpointDescription {
  const architecture = architectureFor(tensors, sidecar);
  checkTensors(architecture.layers, tensors);
  const { preprocessing, endsInSoftmax, ...described } = describeLayers(architecture);
  const ends = { channels: architecture.inputShape.channels, endsInSoftmax };
  const { classNames } = architecture;
  return {
    ...described,
    endsInSoftmax,
    preprocessing: completePreprocessing(architecture.preprocessing, ends, preprocessing),
    ...(classNames && { classNames }),
  };
}

/** @throws UserError ONNX_NOT_A_CLASSIFIER */
export function describeOnnx(graph: OnnxGraph): CheckpointDescription {
  const { inputShape, classCount, endsInSoftmax } = contractOf(graph);
  return {
    inputShape,
    classCount,
    endsInSoftmax,
    preprocessing: defaultPreprocessing({ channels: inputShape.channels, endsInSoftmax }),
    parameterCount: graph.initializers
      .filter(({ dataType }) => FLOATS.includes(dataType))
      .reduce((sum, { elementCount }) => sum + elementCount, 0),
    architecture: operatorsIn(graph.nodes.map(({ opType }) => opType)),
  };
}

/**
 * From model.json and metadata.json alone: that the weight files have the sizes of the manifest is for the caller
 * to check.
 *
 * @throws UserError as describeCheckpoint
 */
export function describeTfjsIndex(
  format: 'tfjs-layers' | 'tfjs-graph',
  files: ReadonlyMap<string, Uint8Array>,
): CheckpointDescription {
  const modelJson = files.get(MODEL_FILE) ?? new Uint8Array();
  const described =
    format === 'tfjs-layers'
      ? describeTfjsLayers(readTfjsLayersIndex(modelJson))
      : describeTfjsGraph(readTfjsGraphIndex(modelJson));
  return { ...described, ...metadataOf({ files }) };
}

/** The one file of an ONNX checkpoint. */
export function onnxBytes(checkpoint: CheckpointFiles): Uint8Array {
  const [bytes, ...more] = checkpoint.files.values();
  if (bytes === undefined || more.length > 0) {
    throw checkpointInvalid(`an ONNX checkpoint is one file, not ${checkpoint.files.size}`);
  }
  return bytes;
}

function describeLayers({
  inputShape,
  classCount,
  layers,
}: {
  inputShape: ImageShape;
  classCount: number;
  layers: readonly LayerSpec[];
}): CheckpointDescription {
  const endsInSoftmax = layers.at(-1)?.kind === 'softmax';
  return {
    inputShape,
    classCount,
    endsInSoftmax,
    preprocessing: defaultPreprocessing({ channels: inputShape.channels, endsInSoftmax }),
    parameterCount: parametersIn(layers),
    architecture: shortened(architectureIn(layers)),
  };
}

function describeTfjsLayers({
  inputShape,
  classCount,
  layers,
}: SequentialModel): CheckpointDescription {
  return describeLayers({ inputShape, classCount, layers: layers.map(specOf) });
}

function describeTfjsGraph(graph: TfjsGraph): CheckpointDescription {
  const { inputShape, classCount, endsInSoftmax, nodes, weights } = graph;
  const silent = ['Placeholder', 'Const', 'Identity', 'NoOp'];
  return {
    inputShape,
    classCount,
    endsInSoftmax,
    preprocessing: defaultPreprocessing({ channels: inputShape.channels, endsInSoftmax }),
    parameterCount: weights
      .filter(({ dtype }) => dtype === 'float32')
      .reduce((sum, { elementCount }) => sum + elementCount, 0),
    architecture: operatorsIn(nodes.map(({ op }) => op).filter((op) => !silent.includes(op))),
  };
}

function metadataOf(checkpoint: Pick<CheckpointFiles, 'files'>): { metadata?: JsonObject } {
  const bytes = checkpoint.files.get(METADATA_FILE);
  if (bytes === undefined) return {};
  const metadata = parseJson(bytes);
  if (!isJsonObject(metadata)) throw checkpointInvalid(`${METADATA_FILE} is not a JSON object`);
  return { metadata };
}

/** Operators in the file's order. An operator may be called anything, so only plain names are repeated. */
function operatorsIn(operators: readonly string[]): string {
  return shortened(operators.map((op) => (/^\w{1,64}$/.test(op) ? op : '?')).join(', '));
}

function shortened(text: string): string {
  return text.length > LONGEST_ARCHITECTURE ? `${text.slice(0, LONGEST_ARCHITECTURE - 1)}…` : text;
}
