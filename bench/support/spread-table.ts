/** What was measured some times, as min, median and max. */
import { tableLines } from '../../src/cli/output/table';

export interface SpreadRow {
  what: string;
  values: readonly number[];
  /** Default: 1. */
  decimals?: number;
}

export function writeSpreadTable(title: string, rows: readonly SpreadRow[]): void {
  const lines = tableLines(
    [
      { title, align: 'left' },
      ...['min', 'median', 'max'].map((name) => ({ title: name, align: 'right' as const })),
    ],
    rows.map(({ what, values, decimals = 1 }) => [
      what,
      ...[0, 0.5, 1].map((share) => quantile(values, share).toFixed(decimals)),
    ]),
  );
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** The value nearest to the share; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
}
