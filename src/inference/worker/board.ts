/** The memory that the threads of a shard share: which batch is next, and what has come out. */

/** Numbers in `Board.counters`. */
const STOP = 0;
const NEXT = 1;
const DONE = 2;

export interface Board {
  counters: Int32Array<SharedArrayBuffer>;
  /** sampleCount × classCount raw outputs, row by row: a batch's lie in its place, whoever computed them. */
  outputs: Float32Array<SharedArrayBuffer>;
  /** Sums of the loss over the samples of each batch, in nats. */
  losses: Float64Array<SharedArrayBuffer>;
}

export function newBoard(sampleCount: number, classCount: number, batchSize: number): Board {
  const batches = Math.ceil(sampleCount / batchSize);
  return {
    counters: new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT)),
    outputs: new Float32Array(
      new SharedArrayBuffer(sampleCount * classCount * Float32Array.BYTES_PER_ELEMENT),
    ),
    losses: new Float64Array(new SharedArrayBuffer(batches * Float64Array.BYTES_PER_ELEMENT)),
  };
}

/**
 * The next batch that nobody has taken; they are given out in their order. Who has taken one computes it, also when
 * the work is stopped: so all batches before one that failed are known.
 *
 * @returns its index, or undefined where there is none, or the work is stopped
 */
export function takeBatch({ counters, losses }: Board): number | undefined {
  if (Atomics.load(counters, STOP) !== 0) return undefined;
  const batch = Atomics.add(counters, NEXT, 1);
  return batch < losses.length ? batch : undefined;
}

/** No more batches are given out. */
export function stopWork({ counters }: Board): void {
  Atomics.store(counters, STOP, 1);
}

export function addSamplesDone({ counters }: Board, count: number): void {
  Atomics.add(counters, DONE, count);
}

export function samplesDone({ counters }: Board): number {
  return Atomics.load(counters, DONE);
}
