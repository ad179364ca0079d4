/** How counts become colours, texts and sentences. */
import type { Ramp } from '../charts/colours/ramp';
import type { Counts } from '../charts/matrix/class-order';
import type { MatrixView } from '../charts/matrix/matrix-view';
import { integer, percent } from '../ui/format';

/** Counts, or the share of the row's, the column's or the whole sum. */
export type Shown = 'counts' | 'true' | 'pred' | 'all';

interface Settings {
  names: readonly string[];
  counts: Counts;
  order: readonly number[];
  shown: Shown;
  /** Leaves the diagonal without colour, so that the errors have the whole scale. */
  errorsOnly: boolean;
  ramp: Ramp;
}

export interface ConfusionView extends MatrixView {
  valueAt: (row: number, column: number) => number;
}

/** @returns with the values at the legend's start, middle and end */
export function confusionView({ names, counts, order, shown, errorsOnly, ramp }: Settings): {
  view: ConfusionView;
  ticks: string[];
} {
  const rows = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const columns = counts.map((_, column) =>
    counts.reduce((sum, row) => sum + (row[column] ?? 0), 0),
  );
  const all = rows.reduce((sum, count) => sum + count, 0);
  const countAt = (row: number, column: number) => counts[row]?.[column] ?? 0;
  const divisorAt = (row: number, column: number) =>
    ({ counts: 1, true: rows[row] ?? 0, pred: columns[column] ?? 0, all })[shown];
  const valueAt = (row: number, column: number) => {
    const count = countAt(row, column);
    return count === 0 ? 0 : count / divisorAt(row, column);
  };
  let most = 0;
  for (const row of order) {
    for (const column of order) {
      if (!errorsOnly || row !== column) most = Math.max(most, valueAt(row, column));
    }
  }
  const name = (index: number) => names[index] ?? String(index);
  // The root lifts small counts, which are the errors, out of the surface; the legend says so.
  const scaled = (value: number) => (most === 0 ? 0 : Math.sqrt(value / most));
  const format = shown === 'counts' ? integer : (value: number) => percent(value, 1);
  return {
    view: {
      names,
      order,
      valueAt,
      colour(row, column) {
        const value = valueAt(row, column);
        if (value === 0 || (errorsOnly && row === column)) return undefined;
        return ramp.at(scaled(value));
      },
      text(row, column) {
        const value = valueAt(row, column);
        if (value === 0) return '';
        return shown === 'counts' ? integer(value) : percent(value, 1).replace(/\s?%$/, '');
      },
      describe(row, column) {
        const count = countAt(row, column);
        const [sum, kind] =
          shown === 'pred'
            ? [columns[column] ?? 0, `predicted ${name(column)}`]
            : shown === 'all'
              ? [all, 'all']
              : [rows[row] ?? 0, `true ${name(row)}`];
        const share = sum === 0 ? '' : `, ${percent(count / sum, 1)} of ${kind}`;
        const verb = row === column ? 'rightly called' : 'taken for';
        return `${name(row)} ${verb} ${name(column)}: ${integer(count)}${share}`;
      },
    },
    ticks: [0, most / 4, most].map(format),
  };
}
