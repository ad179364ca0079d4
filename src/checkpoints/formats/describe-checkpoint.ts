/** Says what a checkpoint takes and gives, without running it or loading a runtime. */
import type { ImageShape } from '../../datasets/dataset';
import { UserError } from '../../errors';
import { METADATA_FILE } from './checkpoint-digest';
import type { CheckpointFiles } from './checkpoint-files';
import { checkpointInvalid } from './checkpoint-invalid';
import { isJsonObject, type JsonObject, parseJson } from './json-value';
import { contractOf } from './onnx/onnx-contract';
import { DATA_TYPE } from './onnx/onnx-schema';
import { type OnnxGraph, readOnnx } from './onnx/read-onnx';
import { architectureOf, parameterCount } from './sequential-model';
import { readTfjsLayers } from './tfjs-layers';

const FLOATS: readonly number[] = Object.values(DATA_TYPE);
const LONGEST_ARCHITECTURE = 500;

export interface CheckpointDescription {
  inputShape: ImageShape;
  classCount: number;
  /** Of a layers model: its weights. Of ONNX: the elements of its floating-point initializers. */
  parameterCount: number;
  /** A line for people: the layers, or the operators of the ONNX graph; at most 500 characters. */
  architecture: string;
  /** What metadata.json holds, unchecked. */
  metadata?: JsonObject;
}

/**
 * @throws UserError CHECKPOINT_INVALID, CHECKPOINT_EXTERNAL_DATA, or CHECKPOINT_FORMAT_UNKNOWN where there is
 *   no reader for the format
 */
export function describeCheckpoint(checkpoint: CheckpointFiles): CheckpointDescription {
  switch (checkpoint.format) {
    case 'tfjs-layers': {
      const model = readTfjsLayers(checkpoint);
      const metadata = metadataOf(checkpoint);
      return {
        inputShape: model.inputShape,
        classCount: model.classCount,
        parameterCount: parameterCount(model),
        architecture: shortened(architectureOf(model)),
        ...(metadata === undefined ? {} : { metadata }),
      };
    }
    case 'onnx': {
      const graph = readOnnx(onnxBytes(checkpoint));
      const { inputShape, classCount } = contractOf(graph);
      return {
        inputShape,
        classCount,
        parameterCount: graph.initializers
          .filter(({ dataType }) => FLOATS.includes(dataType))
          .reduce((sum, { elementCount }) => sum + elementCount, 0),
        architecture: operatorsOf(graph),
      };
    }
    default:
      throw new UserError(
        'CHECKPOINT_FORMAT_UNKNOWN',
        `Checkpoints of the format ${checkpoint.format} can't be read yet: give a tfjs layers model or ONNX.`,
      );
  }
}

/** The one file of an ONNX checkpoint. */
export function onnxBytes(checkpoint: CheckpointFiles): Uint8Array {
  const [bytes, ...more] = checkpoint.files.values();
  if (bytes === undefined || more.length > 0) {
    throw checkpointInvalid(`an ONNX checkpoint is one file, not ${checkpoint.files.size}`);
  }
  return bytes;
}

function metadataOf(checkpoint: CheckpointFiles): JsonObject | undefined {
  const bytes = checkpoint.files.get(METADATA_FILE);
  if (bytes === undefined) return undefined;
  const metadata = parseJson(bytes);
  if (!isJsonObject(metadata)) throw checkpointInvalid(`${METADATA_FILE} is not a JSON object`);
  return metadata;
}

/** Operators in the file's order. An operator may be called anything, so only plain names are repeated. */
function operatorsOf(graph: OnnxGraph): string {
  return shortened(
    graph.nodes.map(({ opType }) => (/^\w{1,64}$/.test(opType) ? opType : '?')).join(', '),
  );
}

function shortened(text: string): string {
  return text.length > LONGEST_ARCHITECTURE ? `${text.slice(0, LONGEST_ARCHITECTURE - 1)}…` : text;
}
