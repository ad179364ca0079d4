/** The `onnx` engine: onnxruntime-node on ONNX files, and on layers models written as ONNX. */
import os from 'node:os';
import type { CheckpointFiles } from '../../checkpoints/formats/checkpoint-files';
import { checkpointInvalid } from '../../checkpoints/formats/checkpoint-invalid';
import { onnxBytes } from '../../checkpoints/formats/describe-checkpoint';
import { contractOf } from '../../checkpoints/formats/onnx/onnx-contract';
import { readOnnx } from '../../checkpoints/formats/onnx/read-onnx';
import { readTfjsLayers } from '../../checkpoints/formats/tfjs-layers';
import { UserError } from '../../errors';
import type { Engine, LoadedModel } from '../engine';
import { OnnxModel } from './onnx-model';
import { withoutPaths } from './runtime-message';
import { writeOnnx } from './write-onnx';

/** Loading the runtime takes some 45 MB, so it waits for the first checkpoint. */
export function createOnnxEngine(): Engine {
  return { name: 'onnx', load };
}

async function load(checkpoint: CheckpointFiles): Promise<LoadedModel> {
  const bytes = asOnnx(checkpoint);
  const contract = contractOf(readOnnx(bytes));
  const ort = await import('onnxruntime-node');
  // What goes wrong comes back as an error; the runtime's own lines would reach the terminal besides.
  ort.env.logLevel = 'fatal';
  try {
    const session = await ort.InferenceSession.create(bytes, {
      executionProviders: ['cpu'],
      intraOpNumThreads: os.availableParallelism(),
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      logSeverityLevel: 4,
    });
    return new OnnxModel(ort, session, contract);
  } catch (error) {
    throw checkpointInvalid(`onnxruntime can't load it: ${withoutPaths(error)}`, { cause: error });
  }
}

function asOnnx(checkpoint: CheckpointFiles): Uint8Array {
  switch (checkpoint.format) {
    case 'onnx':
      return onnxBytes(checkpoint);
    case 'tfjs-layers':
      return writeOnnx(readTfjsLayers(checkpoint));
    default:
      throw new UserError(
        'ENGINE_FORMAT_UNSUPPORTED',
        `The engine onnx can't run checkpoints of the format ${checkpoint.format}: ` +
          'give a tfjs layers model or an ONNX file.',
      );
  }
}
