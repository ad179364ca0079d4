/** Aligned columns of text. */
import { displayWidth, pad } from './printable';

export interface Column {
  title: string;
  /** Numbers belong on the right. */
  align: 'left' | 'right';
}

/** A cell's text, and how to colour it once it is padded (colour codes have no width). */
export type Cell = string | { text: string; paint: (padded: string) => string };

export interface TableOptions {
  /** Spaces between columns. */
  gap?: number;
  paintHeader?: (padded: string) => string;
}

/** The lines of a table, header first; no line ends in spaces. Cells must be printable already. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  options: TableOptions = {},
): string[] {
  const separator = ' '.repeat(options.gap ?? 2);
  const widths = columns.map(({ title }, i) =>
    rows.reduce((width, row) => Math.max(width, displayWidth(textOf(row[i]))), displayWidth(title)),
  );
  const line = (cells: readonly Cell[], paintLine: (text: string) => string): string => {
    const last = columns.length - 1;
    const padded = columns.map(({ align }, i) => {
      const text = textOf(cells[i]);
      const full = i === last && align === 'left' ? text : pad(text, widths[i] ?? 0, align);
      return paintOf(cells[i])(full);
    });
    return paintLine(padded.join(separator).trimEnd());
  };
  const header = line(
    columns.map(({ title }) => title),
    options.paintHeader ?? same,
  );
  return [header, ...rows.map((row) => line(row, same))];
}

function textOf(cell: Cell | undefined): string {
  return typeof cell === 'object' ? cell.text : (cell ?? '');
}

function paintOf(cell: Cell | undefined): (text: string) => string {
  return typeof cell === 'object' ? cell.paint : same;
}

function same(text: string): string {
  return text;
}
