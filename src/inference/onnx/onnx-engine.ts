/** The `onnx` engine: onnxruntime-node on ONNX files, and on sequential models written as ONNX. */
import os from 'node:os';
import type { CheckpointFiles } from '../../checkpoints/formats/checkpoint-files';
import { checkpointInvalid } from '../../checkpoints/formats/checkpoint-invalid';
import { onnxBytes } from '../../checkpoints/formats/describe-checkpoint';
import { contractOf, type OnnxContract } from '../../checkpoints/formats/onnx/onnx-contract';
import { readOnnx } from '../../checkpoints/formats/onnx/read-onnx';
import { isSequential, readSequential } from '../../checkpoints/formats/read-sequential';
import {
  completePreprocessing,
  defaultPreprocessing,
  type ModelEnds,
  type Preprocessing,
} from '../../checkpoints/preprocessing';
import { UserError } from '../../errors';
import type { Engine, LoadedModel, LoadOptions } from '../engine';
import { OnnxModel } from './onnx-model';
import { withoutPaths } from './runtime-message';
import { writeOnnx } from './write-onnx';

/** Loading the runtime takes some 45 MB, so it waits for the first checkpoint. */
export function createOnnxEngine(): Engine {
  return { name: 'onnx', load };
}

async function load(
  checkpoint: CheckpointFiles,
  { preprocessing, threads = os.availableParallelism() }: LoadOptions = {},
): Promise<LoadedModel> {
  const { bytes, contract, ends, own } = asOnnx(checkpoint);
  const prepared = completePreprocessing(preprocessing ?? {}, ends, own);
  const ort = await import('onnxruntime-node');
  // What goes wrong comes back as an error; the runtime's own lines would reach the terminal besides.
  ort.env.logLevel = 'fatal';
  try {
    const session = await ort.InferenceSession.create(bytes, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      logSeverityLevel: 4,
    });
    return new OnnxModel(ort, session, contract, prepared);
  } catch (error) {
    throw checkpointInvalid(`onnxruntime can't load it: ${withoutPaths(error)}`, { cause: error });
  }
}

interface OnnxCheckpoint {
  bytes: Uint8Array;
  contract: OnnxContract;
  ends: ModelEnds;
  /** What the checkpoint itself says, or the default. */
  own: Preprocessing;
}

function asOnnx(checkpoint: CheckpointFiles): OnnxCheckpoint {
  if (isSequential(checkpoint)) {
    const { model, ends, preprocessing: own } = readSequential(checkpoint);
    const bytes = writeOnnx(model);
    return { bytes, contract: contractOf(readOnnx(bytes)), ends, own };
  }
  if (checkpoint.format === 'onnx') {
    const bytes = onnxBytes(checkpoint);
    const contract = contractOf(readOnnx(bytes));
    const { inputShape, endsInSoftmax } = contract;
    const ends = { channels: inputShape.channels, endsInSoftmax };
    return { bytes, contract, ends, own: defaultPreprocessing(ends) };
  }
  throw new UserError(
    'ENGINE_FORMAT_UNSUPPORTED',
    `The onnx engine can't run checkpoints of the format ${checkpoint.format}: use the tfjs engine.`,
    { details: { engine: 'onnx', format: checkpoint.format } },
  );
}
