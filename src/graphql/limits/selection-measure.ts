/** Counts what a selection set asks for with its fragments spread, in time linear in the document. */
import { type DocumentNode, Kind, type SelectionNode, type SelectionSetNode } from 'graphql';

export interface SelectionMeasure {
  selections: number;
  aliases: number;
  directives: number;
  /** Fields of the set itself, those of spread fragments included. */
  ownFields: number;
  /** Fields below each other; a leaf is 1, what lies under __schema and __type is not counted. */
  depth: number;
  /** Lists of a type's parts inside each other, whatever the fields belong to. */
  typeListDepth: number;
  /** The same under __schema and __type only. */
  introspectionDepth: number;
}

const EMPTY: Readonly<SelectionMeasure> = {
  selections: 0,
  aliases: 0,
  directives: 0,
  ownFields: 0,
  depth: 0,
  typeListDepth: 0,
  introspectionDepth: 0,
};

const INTROSPECTION_ROOTS: ReadonlySet<string> = new Set(['__schema', '__type']);
const TYPE_LISTS: ReadonlySet<string> = new Set([
  'fields',
  'inputFields',
  'interfaces',
  'possibleTypes',
]);

/**
 * @returns a function that measures selection sets of this document. A fragment is measured once
 *   however often it is spread, so an exponential document costs no more than its text; a fragment
 *   that spreads itself counts as empty there and is left to the validation to refuse.
 */
export function measurerOf(document: DocumentNode): (set: SelectionSetNode) => SelectionMeasure {
  const fragments = new Map<string, SelectionSetNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition.selectionSet);
    }
  }
  const measured = new Map<string, SelectionMeasure>();

  function measureFragment(name: string): SelectionMeasure {
    const known = measured.get(name);
    if (known !== undefined) return known;
    const selectionSet = fragments.get(name);
    if (selectionSet === undefined) return EMPTY;
    measured.set(name, EMPTY);
    const result = measureSet(selectionSet);
    measured.set(name, result);
    return result;
  }

  function measureSelection(selection: SelectionNode): SelectionMeasure {
    const directives = selection.directives?.length ?? 0;
    if (selection.kind !== Kind.FIELD) {
      const inner =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? measureFragment(selection.name.value)
          : measureSet(selection.selectionSet);
      return {
        ...inner,
        selections: inner.selections + 1,
        directives: inner.directives + directives,
      };
    }
    const inner = selection.selectionSet === undefined ? EMPTY : measureSet(selection.selectionSet);
    const name = selection.name.value;
    const isIntrospection = INTROSPECTION_ROOTS.has(name);
    return {
      selections: inner.selections + 1,
      aliases: inner.aliases + (selection.alias === undefined ? 0 : 1),
      directives: inner.directives + directives,
      ownFields: 1,
      depth: isIntrospection ? 1 : inner.depth + 1,
      typeListDepth: inner.typeListDepth + (TYPE_LISTS.has(name) ? 1 : 0),
      introspectionDepth: isIntrospection ? inner.typeListDepth : inner.introspectionDepth,
    };
  }

  function measureSet(selectionSet: SelectionSetNode): SelectionMeasure {
    const sum = { ...EMPTY };
    for (const selection of selectionSet.selections) {
      const part = measureSelection(selection);
      sum.selections += part.selections;
      sum.aliases += part.aliases;
      sum.directives += part.directives;
      sum.ownFields += part.ownFields;
      sum.depth = Math.max(sum.depth, part.depth);
      sum.typeListDepth = Math.max(sum.typeListDepth, part.typeListDepth);
      sum.introspectionDepth = Math.max(sum.introspectionDepth, part.introspectionDepth);
    }
    return sum;
  }

  return measureSet;
}
