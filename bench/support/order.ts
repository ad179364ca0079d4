/** How far things were started in the order in which they had been accepted. */

export interface Queued {
  /** Both in milliseconds of the same clock. */
  acceptedAt: number;
  startedAt: number;
}

/** Spearman's: 1 where the orders are the same, −1 where one is the other backwards; equal times share a rank. */
export function rankCorrelation(queue: readonly Queued[]): number {
  const accepted = ranks(queue.map(({ acceptedAt }) => acceptedAt));
  const started = ranks(queue.map(({ startedAt }) => startedAt));
  const mean = (queue.length + 1) / 2;
  const sum = (term: (i: number) => number) => queue.reduce((total, _, i) => total + term(i), 0);
  const a = (i: number) => (accepted[i] ?? mean) - mean;
  const b = (i: number) => (started[i] ?? mean) - mean;
  return sum((i) => a(i) * b(i)) / Math.sqrt(sum((i) => a(i) ** 2) * sum((i) => b(i) ** 2));
}

/** The most that were accepted later than one and started before it. */
export function largestOvertaking(queue: readonly Queued[]): number {
  const overtaken = queue.map(
    (own) =>
      queue.filter((other) => other.acceptedAt > own.acceptedAt && other.startedAt < own.startedAt)
        .length,
  );
  return Math.max(0, ...overtaken);
}

function ranks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}
