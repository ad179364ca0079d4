/** How differences of counts become colours, texts and sentences. */
import type { Ramp } from '../charts/colours/ramp';
import type { Counts } from '../charts/matrix/class-order';
import type { MatrixView } from '../charts/matrix/matrix-view';
import { integer, signed } from '../ui/format';

interface Settings {
  names: readonly string[];
  before: Counts;
  after: Counts;
  order: readonly number[];
  /** Counts, or points of the true class's share; both have the same samples. */
  shown: 'counts' | 'true';
  ramp: Ramp;
}

/** @returns with the values at the legend's ends and middle */
export function differenceView({ names, before, after, order, shown, ramp }: Settings): {
  view: MatrixView & { valueAt: (row: number, column: number) => number };
  ticks: string[];
} {
  const supports = before.map((row) => row.reduce((sum, count) => sum + count, 0));
  const at = (counts: Counts, row: number, column: number) => counts[row]?.[column] ?? 0;
  const valueAt = (row: number, column: number) => {
    const difference = at(after, row, column) - at(before, row, column);
    return shown === 'counts' || difference === 0 ? difference : difference / (supports[row] ?? 1);
  };
  let most = 0;
  for (const row of order) {
    for (const column of order) most = Math.max(most, Math.abs(valueAt(row, column)));
  }
  const format = (value: number) =>
    shown === 'counts' ? signed(value, 0, 'plain') : signed(value, 1);
  const name = (index: number) => names[index] ?? String(index);
  return {
    view: {
      names,
      order,
      valueAt,
      colour(row, column) {
        const value = valueAt(row, column);
        if (value === 0) return undefined;
        return ramp.at(Math.sign(value) * Math.sqrt(Math.abs(value) / most));
      },
      text(row, column) {
        const value = valueAt(row, column);
        return value === 0 ? '' : format(value);
      },
      describe(row, column) {
        const change = signed(at(after, row, column) - at(before, row, column), 0, 'plain');
        const verb = row === column ? 'rightly called' : 'taken for';
        return `${name(row)} ${verb} ${name(column)}: ${integer(at(before, row, column))} before, ${integer(at(after, row, column))} now, ${change}`;
      },
    },
    ticks: [-most, 0, most].map(format),
  };
}
