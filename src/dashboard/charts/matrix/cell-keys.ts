/** The keys of a grid, after the ARIA Authoring Practices: arrows, Home, End, Page Up and Down. */
import type { Place } from './matrix-view';

interface Key {
  key: string;
  ctrlKey: boolean;
}

/** @returns the place that the key leads to; undefined where it is no key of a grid */
export function placeAfterKey(
  { key, ctrlKey }: Key,
  { row, column }: Place,
  size: number,
  page: number,
): Place | undefined {
  const last = size - 1;
  const to = (nextRow: number, nextColumn: number): Place => ({
    row: Math.min(Math.max(nextRow, 0), last),
    column: Math.min(Math.max(nextColumn, 0), last),
  });
  switch (key) {
    case 'ArrowUp':
      return to(row - 1, column);
    case 'ArrowDown':
      return to(row + 1, column);
    case 'ArrowLeft':
      return to(row, column - 1);
    case 'ArrowRight':
      return to(row, column + 1);
    case 'PageUp':
      return to(row - page, column);
    case 'PageDown':
      return to(row + page, column);
    case 'Home':
      return to(ctrlKey ? 0 : row, 0);
    case 'End':
      return to(ctrlKey ? last : row, last);
    default:
      return undefined;
  }
}
