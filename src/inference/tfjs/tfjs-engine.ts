/** The engine that runs checkpoints by tfjs operations, on tfjs-node or on wasm: whichever the runtime loads. */
import type { CheckpointFiles } from '../../checkpoints/formats/checkpoint-files';
import { isSequential, readSequential } from '../../checkpoints/formats/read-sequential';
import { readTfjsGraph } from '../../checkpoints/formats/tfjs-graph';
import { completePreprocessing } from '../../checkpoints/preprocessing';
import { UserError } from '../../errors';
import type { Engine, LoadedModel, LoadOptions } from '../engine';
import { GraphRunner } from './graph-runner';
import { loadTfjs } from './runtime';
import { SequentialRunner } from './sequential-runner';
import { TfjsModel } from './tfjs-model';

export class TfjsEngine implements Engine {
  readonly name = 'tfjs';

  /**
   * @throws UserError ENGINE_FORMAT_UNSUPPORTED for ONNX, PREPROCESSING_INVALID, what the readers throw;
   *   OperationalError TFJS_UNAVAILABLE
   */
  async load(
    checkpoint: CheckpointFiles,
    { preprocessing }: LoadOptions = {},
  ): Promise<LoadedModel> {
    if (isSequential(checkpoint)) {
      const { model, ends, preprocessing: own } = readSequential(checkpoint);
      const prepared = completePreprocessing(preprocessing ?? {}, ends, own);
      const runtime = await loadTfjs();
      const runner = new SequentialRunner(runtime.tf, model);
      return new TfjsModel(runtime, runner, { ...model, preprocessing: prepared });
    }
    if (checkpoint.format === 'tfjs-graph') {
      const graph = readTfjsGraph(checkpoint);
      const { inputShape, classCount, endsInSoftmax } = graph;
      const ends = { channels: inputShape.channels, endsInSoftmax };
      const prepared = completePreprocessing(preprocessing ?? {}, ends);
      const runtime = await loadTfjs();
      const runner = GraphRunner.load(runtime.tf, graph);
      return new TfjsModel(runtime, runner, { inputShape, classCount, preprocessing: prepared });
    }
    throw new UserError(
      'ENGINE_FORMAT_UNSUPPORTED',
      `The tfjs engine can't run checkpoints of the format ${checkpoint.format}: use the onnx engine.`,
      { details: { engine: this.name, format: checkpoint.format } },
    );
  }
}
