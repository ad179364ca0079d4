/**
 * JSON that can say what no object can: a key twice, `__proto__` as a plain key, numbers and texts that are none.
 * Deep nesting is a piece of text, so that nothing here recurses further than real files do.
 */

export type JsonTree =
  { kind: 'text'; text: string } | { kind: 'list'; items: JsonTree[] } | JsonMap;

export interface JsonMap {
  kind: 'map';
  entries: JsonEntry[];
}

export interface JsonEntry {
  /** As it is printed, quotes included. */
  key: string;
  value: JsonTree;
}

export function treeOf(value: unknown): JsonTree {
  if (Array.isArray(value)) return { kind: 'list', items: value.map(treeOf) };
  if (typeof value !== 'object' || value === null) return textOf(value);
  const entries = Object.entries(value).map(([key, item]) => ({
    key: JSON.stringify(key),
    value: treeOf(item),
  }));
  return { kind: 'map', entries };
}

/** @param value what JSON has a text for */
export function textOf(value: unknown): JsonTree {
  return { kind: 'text', text: JSON.stringify(value) };
}

export function printJson(tree: JsonTree): string {
  switch (tree.kind) {
    case 'text':
      return tree.text;
    case 'list':
      return `[${tree.items.map(printJson).join(',')}]`;
    case 'map':
      return `{${tree.entries.map(({ key, value }) => `${key}:${printJson(value)}`).join(',')}}`;
  }
}

/** A place in a tree: what stands there can be read, replaced, removed or doubled. */
export interface JsonPlace {
  tree: JsonTree;
  /** Undefined for an item of a list. */
  entry: JsonEntry | undefined;
  set: (tree: JsonTree) => void;
  remove: () => void;
  repeat: (times: number) => void;
}

/** Every place below the root. */
export function placesIn(root: JsonTree): JsonPlace[] {
  if (root.kind === 'text') return [];
  const own = root.kind === 'list' ? itemsOf(root.items) : entriesOf(root.entries);
  return own.flatMap((place) => [place, ...placesIn(place.tree)]);
}

function itemsOf(items: JsonTree[]): JsonPlace[] {
  return items.map((tree, index) => ({
    tree,
    entry: undefined,
    set: (other) => (items[index] = other),
    remove: () => items.splice(index, 1),
    repeat: (times) => items.push(...copies(tree, times)),
  }));
}

function entriesOf(entries: JsonEntry[]): JsonPlace[] {
  return entries.map((entry, index) => ({
    tree: entry.value,
    entry,
    set: (other) => (entry.value = other),
    remove: () => entries.splice(index, 1),
    repeat: (times) => entries.push(...copies(entry, times)),
  }));
}

/** Each its own: what is shared would change, and grow, in all places at once. */
function copies<T>(of: T, times: number): T[] {
  return Array.from({ length: times }, () => structuredClone(of));
}
