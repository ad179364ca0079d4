/** One shard in work: its batches go to some threads, and what they have done becomes one outcome. */
import { sumOf } from '../../metrics/compensated-sum';
import { lossOverflow, mergeTotals } from '../../metrics/totals';
import type { ShardOutcome, ShardRequest } from '../shard-evaluator';
import { type Board, newBoard, samplesDone, stopWork } from './board';
import type { EngineThread, PartEnding } from './engine-thread';
import type { ShardOrder, ShardPart } from './protocol';

/** Some 20 a second: a progress bar needs no more. */
const PROGRESS_INTERVAL_MS = 50;

export class ShardWork {
  private readonly board: Board;
  /** The error that the request ends with, whatever has been computed. */
  private stopped: { reason: unknown } | undefined;
  private told = 0;

  constructor(private readonly request: ShardRequest) {
    const { sampleCount, batchSize, split } = request;
    this.board = newBoard(sampleCount, split.classCount, batchSize);
  }

  /** No batch is begun any more, and the request is rejected with the first reason given. */
  stop(reason: unknown): void {
    this.stopped ??= { reason };
    stopWork(this.board);
  }

  /**
   * @param lanes threads that have nothing in work, with the runtime's threads in each
   * @throws as `ShardEvaluator.evaluate`, of several errors that of the first batch
   */
  async run(lanes: readonly { thread: EngineThread; threads: number }[]): Promise<ShardOutcome> {
    const progress = setInterval(() => {
      this.report(samplesDone(this.board));
    }, PROGRESS_INTERVAL_MS);
    let endings: PartEnding[];
    try {
      endings = await Promise.all(
        lanes.map(async ({ thread, threads }) => {
          const ending = await thread.run(this.order(threads), this.request.checkpoint);
          // What has failed can't be made whole by the others.
          if ('error' in ending) stopWork(this.board);
          return ending;
        }),
      );
    } finally {
      clearInterval(progress);
    }
    const parts = endings.flatMap((ending) => ('part' in ending ? [ending.part] : []));
    const failed = endings.flatMap((ending) => ('part' in ending ? [] : [ending]));
    if (failed.length === 0 && this.stopped === undefined) this.report(this.request.sampleCount);
    if (this.stopped !== undefined) throw this.stopped.reason;
    const [first] = failed.sort((a, b) => (a.batch ?? -1) - (b.batch ?? -1));
    if (first !== undefined) throw first.error;
    return this.outcomeOf(parts);
  }

  private order(threads: number): ShardOrder {
    const { engine, checkpoint, preprocessing, split, firstSample, sampleCount, batchSize } =
      this.request;
    const { name, classCount, imageShape, images, labels } = split;
    return {
      type: 'evaluate',
      engine,
      threads,
      checkpointDigest: checkpoint.digest,
      preprocessing,
      split: { name, classCount, imageShape, images, labels },
      firstSample,
      sampleCount,
      batchSize,
      board: this.board,
    };
  }

  /** A listener that throws fails its own request, not the process. */
  private report(done: number): void {
    if (done === this.told) return;
    this.told = done;
    try {
      this.request.onProgress?.(done);
    } catch (error) {
      this.stop(error);
    }
  }

  private outcomeOf(parts: readonly ShardPart[]): ShardOutcome {
    const [first] = parts;
    if (first === undefined) throw new TypeError('a shard needs a thread');
    const { classCount } = this.request.split;
    const { outputs, losses } = this.board;
    const totals = parts
      .map(({ sampleCount, confusionMatrix }) => ({
        classCount,
        sampleCount,
        lossSum: 0,
        confusionMatrix,
      }))
      .reduce(mergeTotals);
    totals.lossSum = sumOf(losses);
    if (!Number.isFinite(totals.lossSum)) throw lossOverflow();
    return {
      logits: outputs,
      outputKind: first.outputKind,
      totals,
      backend: first.backend,
      timings: {
        loadMs: Math.max(...parts.map(({ timings }) => timings.loadMs)),
        inferenceMs: Math.max(...parts.map(({ timings }) => timings.inferenceMs)),
      },
    };
  }
}
