/** What the main thread and the engine thread say to each other. One shard is in work at a time. */
import type { CheckpointFiles } from '../../checkpoints/formats/checkpoint-files';
import type { Preprocessing } from '../../checkpoints/preprocessing';
import type { Split } from '../../datasets/dataset';
import type { EngineName } from '../engine';
import type { ShardOutcome } from '../shard-evaluator';
import type { WireError } from '../../threads/wire-error';

export interface ShardOrder {
  type: 'evaluate';
  engine: EngineName;
  /** The checkpoint's bytes follow only when the thread asks for them. */
  checkpointDigest: string;
  /** Undefined: what the checkpoint itself says. */
  preprocessing: Preprocessing | undefined;
  /** Its arrays lie in shared memory: sending them copies nothing. */
  split: Pick<Split, 'name' | 'classCount' | 'imageShape' | 'images' | 'labels'>;
  firstSample: number;
  sampleCount: number;
  batchSize: number;
  /** One number; anything but 0 stops the work before the next batch. */
  stop: Int32Array<SharedArrayBuffer>;
}

export type ToThread =
  ShardOrder | { type: 'checkpoint'; checkpoint: CheckpointFiles } | { type: 'close' };

export type FromThread =
  | { type: 'checkpoint-needed' }
  | { type: 'progress'; samplesDone: number }
  | { type: 'done'; outcome: ShardOutcome }
  | { type: 'stopped' }
  | { type: 'failed'; error: WireError };
