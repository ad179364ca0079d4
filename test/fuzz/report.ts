/** What a run of the fuzzer found, for people: a table, the commonest refusals, and each failure. */
import type { FuzzReport } from './fuzz';

const SHOWN_CODES = 5;
const HEAD = ['reader', 'files', 'accepted', 'refused', 'failed', 'slowest', 'memory', 'seconds'];

export function printTable(reports: readonly FuzzReport[]): string {
  const rows = reports.map((report) => [
    report.reader,
    count(report.files),
    count(report.accepted),
    count(sum([...report.refused.values()])),
    count(report.failures.length),
    `${report.slowest.ms.toFixed(0)} ms`,
    `+${(report.peakGrowthBytes / 2 ** 20).toFixed(0)} MB`,
    (report.ms / 1000).toFixed(1),
  ]);
  const widths = HEAD.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  return [line(HEAD), ...rows.map(line)].join('\n');
}

/** The codes with which most files were refused. */
export function printCodes({ reader, refused }: FuzzReport): string {
  const sorted = [...refused].sort(([, a], [, b]) => b - a);
  const shown = sorted.slice(0, SHOWN_CODES).map(([code, times]) => `${code} ${count(times)}`);
  const more = sorted.length - shown.length;
  return `${reader}: ${shown.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}

/** @param folder where the file was kept */
export function printFailure(
  reader: string,
  seed: number,
  failure: { index: number; kind: string; reason: string },
  folder: string,
): string {
  const { index, kind, reason } = failure;
  return [
    `${reader}, seed ${seed}, index ${index} (${kind}): ${reason}`,
    `  the file: ${folder}`,
    `  again: npm run fuzz -- --reader ${reader} --seed ${seed} --from ${index} --count 1`,
  ].join('\n');
}

function count(value: number): string {
  return value.toLocaleString('en');
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
