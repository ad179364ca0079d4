/** What every report in Markdown is put together from. */

/** Names come from people: none may break out of its cell, or call in a person, a picture or an address. */
export function markdownText(name: string): string {
  return name
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]()<>#+!|~&@:]/g, (character) => `&#${character.charCodeAt(0)};`);
}

export interface MarkdownColumn {
  title: string;
  /** Numbers belong on the right. */
  align: 'left' | 'right';
}

/** The lines of a table; whatever people wrote in a cell or title went through `markdownText`. */
export function markdownTable(
  columns: readonly MarkdownColumn[],
  rows: readonly (readonly string[])[],
): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(({ title }) => title)),
    line(columns.map(({ align }) => (align === 'left' ? '---' : '---:'))),
    ...rows.map(line),
  ];
}
