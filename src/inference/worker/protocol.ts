/** What the main thread and an engine thread say to each other. A thread has one shard in work at a time. */
import type { CheckpointFiles } from '../../checkpoints/formats/checkpoint-files';
import type { OutputKind, Preprocessing } from '../../checkpoints/preprocessing';
import type { Split } from '../../datasets/dataset';
import type { EvaluationTotals } from '../../metrics/totals';
import type { WireError } from '../../threads/wire-error';
import type { EngineBackend, EngineName } from '../engine';
import type { Board } from './board';

export interface ShardOrder {
  type: 'evaluate';
  engine: EngineName;
  /** Of the runtime, for one batch. */
  threads: number;
  /** The checkpoint's bytes follow only when the thread asks for them. */
  checkpointDigest: string;
  /** Undefined: what the checkpoint itself says. */
  preprocessing: Preprocessing | undefined;
  /** Its arrays lie in shared memory: sending them copies nothing. */
  split: Pick<Split, 'name' | 'classCount' | 'imageShape' | 'images' | 'labels'>;
  firstSample: number;
  sampleCount: number;
  batchSize: number;
  /** Other threads may have the same. */
  board: Board;
}

/** What one thread has done of a shard; outputs and losses lie on the board. */
export interface ShardPart {
  outputKind: OutputKind;
  backend: EngineBackend;
  sampleCount: number;
  confusionMatrix: EvaluationTotals['confusionMatrix'];
  timings: { loadMs: number; inferenceMs: number };
}

export type ToThread =
  ShardOrder | { type: 'checkpoint'; checkpoint: CheckpointFiles } | { type: 'close' };

export type FromThread =
  | { type: 'checkpoint-needed' }
  | { type: 'done'; part: ShardPart }
  /** In which batch; undefined: before the first. */
  | { type: 'failed'; error: WireError; batch: number | undefined };
