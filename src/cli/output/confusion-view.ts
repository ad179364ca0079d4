/** The confusion matrix for a terminal: whole while it fits, else the pairs that are confused most. */
import { normalizeConfusion } from '../../metrics/confusion-matrix';
import { formatCount, formatPercent } from './numbers';
import { displayWidth, truncate } from './printable';
import type { Style } from './style';
import { type Cell, tableLines } from './table';

/** Above this many classes a matrix is wider than a terminal and says less than a list. */
const MAX_MATRIX_CLASSES = 20;
const MAX_PAIRS = 20;
const ROW_NAME_WIDTH = 14;
/** A name cut shorter than this is a riddle: numbers are better. */
const MIN_HEADING_WIDTH = 3;
const GAP = 1;

/**
 * @param matrix K×K counts, rows true, columns predicted
 * @param classNames K printable names
 * @param width cells of a line that the matrix should fit in
 */
export function confusionLines(
  matrix: readonly (readonly number[])[],
  classNames: readonly string[],
  width: number,
  style: Style,
): string[] {
  return matrix.length > MAX_MATRIX_CLASSES
    ? pairLines(matrix, classNames, style)
    : matrixLines(matrix, classNames, width, style);
}

function matrixLines(
  matrix: readonly (readonly number[])[],
  classNames: readonly string[],
  width: number,
  style: Style,
): string[] {
  const headings = shortHeadings(classNames, width);
  const numbered = headings === undefined;
  const rowName = (name: string, i: number): string =>
    truncate(numbered && name !== String(i) ? `${i} ${name}` : name, ROW_NAME_WIDTH);
  const columns = classNames.map((_, i) => ({
    title: headings?.[i] ?? String(i),
    align: 'right' as const,
  }));
  const rows = matrix.map((row, i): Cell[] => [
    rowName(classNames[i] ?? String(i), i),
    ...row.map((count, j): Cell => {
      const text = String(count);
      if (i === j) return { text, paint: (padded) => style('bold', padded) };
      return count === 0 ? { text, paint: (padded) => style('dim', padded) } : text;
    }),
  ]);
  return [
    style('bold', 'Confusion matrix (rows true, columns predicted)'),
    ...tableLines([{ title: '', align: 'left' }, ...columns], rows, {
      gap: GAP,
      paintHeader: (line) => style('dim', line),
    }),
  ];
}

/** Class names cut to what the width leaves for a column; undefined where they would not tell apart. */
function shortHeadings(classNames: readonly string[], width: number): string[] | undefined {
  const longest = Math.max(...classNames.map(displayWidth));
  const left = width - Math.min(longest, ROW_NAME_WIDTH);
  const room = Math.min(longest, Math.floor(left / classNames.length) - GAP);
  const headings = classNames.map((name) => truncate(name, room));
  const cut = longest > room;
  const unclear = new Set(headings).size < headings.length || (cut && room < MIN_HEADING_WIDTH);
  return unclear ? undefined : headings;
}

function pairLines(
  matrix: readonly (readonly number[])[],
  classNames: readonly string[],
  style: Style,
): string[] {
  const shares = normalizeConfusion(matrix, 'true');
  const pairs = matrix
    .flatMap((row, i) => row.map((count, j) => ({ i, j, count, share: shares[i]?.[j] ?? 0 })))
    .filter(({ i, j, count }) => i !== j && count > 0)
    .sort((a, b) => b.count - a.count);
  const shown = pairs.slice(0, MAX_PAIRS);
  const title =
    `Confusion matrix of ${matrix.length} classes: ${formatCount(pairs.length)} pairs are confused` +
    (pairs.length > shown.length ? `, the ${shown.length} most frequent are` : '');
  if (shown.length === 0) return [style('bold', `${title}.`)];
  const nameOf = (k: number): string => truncate(classNames[k] ?? String(k), 2 * ROW_NAME_WIDTH);
  return [
    style('bold', title),
    ...tableLines(
      [
        { title: 'true', align: 'left' },
        { title: 'predicted', align: 'left' },
        { title: 'count', align: 'right' },
        { title: 'of true', align: 'right' },
      ],
      shown.map(({ i, j, count, share }) => [
        nameOf(i),
        nameOf(j),
        formatCount(count),
        formatPercent(share),
      ]),
      { paintHeader: (line) => style('dim', line) },
    ),
  ];
}
