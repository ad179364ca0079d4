/** What a K×K matrix of classes shows, apart from how it is painted. Rows are true classes, columns predicted ones. */
import type { Rgb } from '../colours/ramp';

export interface MatrixView {
  /** By class index. */
  names: readonly string[];
  /** The class index at each place, the same for rows and columns. */
  order: readonly number[];
  /** Undefined where the cell has the colour of the surface. */
  colour: (row: number, column: number) => Rgb | undefined;
  /** In the cell where it has room; may be empty. */
  text: (row: number, column: number) => string;
  /** The cell in a sentence. */
  describe: (row: number, column: number) => string;
}

/** By class index. */
export interface Cell {
  row: number;
  column: number;
}

/** By place in the order. */
export interface Place {
  row: number;
  column: number;
}

/** Up to so many classes each cell is an element of its own; more are painted on a canvas. */
export const MAX_CLASSES_AS_SVG = 30;

const CHARACTER_PIXELS = 6.6;

/** Room for class names beside and above the cells. */
export interface Margins {
  left: number;
  top: number;
  right: number;
}

export function marginsFor(names: readonly string[], width: number): Margins {
  const longest = names.reduce((most, { length }) => Math.max(most, length), 0);
  const label = Math.min(Math.max(longest * CHARACTER_PIXELS + 12, 40), width < 520 ? 84 : 150);
  // Above the columns they lean by 45°.
  return { left: label, top: label * 0.72 + 8, right: label * 0.45 };
}

export function shortened(name: string, pixels: number): string {
  const room = Math.floor((pixels - 12) / CHARACTER_PIXELS);
  return name.length <= room ? name : `${name.slice(0, Math.max(room - 1, 1))}…`;
}
