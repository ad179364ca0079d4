/** Comma-separated values as in RFC 4180, but with \n at the ends of lines, which every reader takes. */

/** A spreadsheet takes a cell that begins so for a formula, and runs it. */
const FORMULA = /^[=+\-@\t\r]/;
const QUOTED = /[",\r\n]/;

/** People's text: what a spreadsheet would take for a formula gets an apostrophe in front, which makes it text. */
export function textCell(text: string): string {
  const defused = FORMULA.test(text) ? `'${text}` : text;
  return QUOTED.test(defused) ? `"${defused.replaceAll('"', '""')}"` : defused;
}

/** @param cells each a `textCell`, or a number as JavaScript writes it */
export function csvLine(cells: readonly (string | number)[]): string {
  return `${cells.join(',')}\n`;
}
