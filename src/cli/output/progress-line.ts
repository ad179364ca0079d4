/** One line that tells how far something is: pure text, no clock and no stream. */
import { formatBytes, formatCount, formatDuration, formatPercent } from './numbers';
import { displayWidth, truncate } from './printable';

export type ProgressUnit = 'images' | 'bytes';

export interface ProgressState {
  title: string;
  unit: ProgressUnit;
  done: number;
  /** Undefined where nobody knows: no bar, share or time left then. */
  total: number | undefined;
  /** Images of a batch, to count batches too. */
  batchSize: number | undefined;
  elapsedMs: number;
}

// Keeps the bar at one width throughout a usual run on a line of 80 cells, whose facts grow to 50.
const MAX_BAR_WIDTH = 14;
const MIN_BAR_WIDTH = 8;

/**
 * `Title [#####-----] 50.0%  batch 79/157  12,345 images/s  8s left`: the bar takes what the facts leave
 * of `width`, and goes where that is too little.
 */
export function barLine(state: ProgressState, width: number): string {
  const share = shareOf(state);
  const facts = factsOf(state, countOf(state)).join('  ');
  const room = width - displayWidth(`${state.title} [] ${facts}`);
  const bar = share === undefined ? '' : barOf(share, Math.min(MAX_BAR_WIDTH, room));
  return truncate(`${state.title} ${bar}${facts}`, width);
}

/** The facts without a bar, for logs: there is room for batches and amount. */
export function plainLine(state: ProgressState): string {
  const counts = new Set([countOf(state), amountOf(state)]);
  return `${state.title}: ${factsOf(state, ...counts).join(', ')}`;
}

function barOf(share: number, width: number): string {
  if (width < MIN_BAR_WIDTH) return '';
  const filled = Math.floor(share * width);
  return `[${'#'.repeat(filled)}${'-'.repeat(width - filled)}] `;
}

function factsOf(state: ProgressState, ...counts: string[]): string[] {
  const { done, total, unit, elapsedMs } = state;
  const share = shareOf(state);
  const facts = [...(share === undefined ? [] : [formatPercent(share)]), ...counts];
  if (done > 0 && elapsedMs > 0) {
    const perSecond = (done / elapsedMs) * 1000;
    facts.push(
      unit === 'bytes' ? `${formatBytes(perSecond)}/s` : `${formatCount(perSecond)} images/s`,
    );
    if (total !== undefined) facts.push(timeFact(total - done, perSecond, elapsedMs));
  }
  return facts;
}

function shareOf({ done, total }: ProgressState): number | undefined {
  return total === undefined || total <= 0 ? undefined : Math.min(1, Math.max(0, done / total));
}

/** Batches where they are known, else the amount. */
function countOf(state: ProgressState): string {
  const { done, total, batchSize } = state;
  if (batchSize === undefined || total === undefined) return amountOf(state);
  const batches = (images: number): string => formatCount(Math.ceil(images / batchSize));
  return `batch ${batches(done)}/${batches(total)}`;
}

function amountOf({ done, total, unit }: ProgressState): string {
  const format = unit === 'bytes' ? formatBytes : formatCount;
  const pair = total === undefined ? format(done) : `${format(done)}/${format(total)}`;
  return unit === 'bytes' ? pair : `${pair} images`;
}

function timeFact(remaining: number, perSecond: number, elapsedMs: number): string {
  return remaining > 0
    ? `${formatDuration((remaining / perSecond) * 1000)} left`
    : `took ${(elapsedMs / 1000).toFixed(1)}s`;
}
