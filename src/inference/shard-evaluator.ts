/** The port behind which models run: a range of samples goes in, its raw outputs and totals come out. */
import type { CheckpointFiles } from '../checkpoints/formats/checkpoint-files';
import type { OutputKind, Preprocessing } from '../checkpoints/preprocessing';
import type { Split } from '../datasets/dataset';
import type { EvaluationTotals } from '../metrics/totals';
import type { EngineBackend, EngineName } from './engine';

export interface ShardRequest {
  engine: EngineName;
  checkpoint: CheckpointFiles;
  /** Default: what the checkpoint itself says. */
  preprocessing?: Preprocessing;
  split: Split;
  firstSample: number;
  sampleCount: number;
  batchSize: number;
  /** Told at most some 20 times a second, and when all are done. */
  onProgress?: (samplesDone: number) => void;
  signal?: AbortSignal;
}

export interface ShardOutcome {
  /** sampleCount × classCount raw outputs, row by row: logits, or what `outputKind` says. */
  logits: Float32Array;
  outputKind: OutputKind;
  totals: EvaluationTotals;
  backend: EngineBackend;
  /** Time to make the model ready (0 where it was cached), and to run all batches: of the slowest thread. */
  timings: { loadMs: number; inferenceMs: number };
}

export interface ShardEvaluator {
  /**
   * @throws UserError what the checkpoint's reader throws, ENGINE_FORMAT_UNSUPPORTED, PREPROCESSING_INVALID,
   *   CHECKPOINT_DATASET_MISMATCH, LOGITS_NOT_FINITE, PROBABILITIES_INVALID, BATCH_SIZE_INVALID; OperationalError ENGINE_CRASHED
   *   (the next request starts anew), EVALUATOR_CLOSED; rejects with the signal's reason when aborted
   */
  evaluate(request: ShardRequest): Promise<ShardOutcome>;
  /** Releases the models and ends the threads. */
  close(): Promise<void>;
}
