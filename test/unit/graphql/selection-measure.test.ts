import fc from 'fast-check';
import { type DocumentNode, Kind, parse, type SelectionSetNode } from 'graphql';
import { measurerOf, type SelectionMeasure } from '../../../src/graphql/limits/selection-measure';

function measure(source: string): SelectionMeasure {
  const document = parse(source);
  return measurerOf(document)(operationSet(document));
}

function operationSet(document: DocumentNode): SelectionSetNode {
  const [operation] = document.definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('the operation comes first');
  return operation.selectionSet;
}

/** The same counts by spreading every fragment for real: exponential, and so an independent check. */
function measureBySpreading(document: DocumentNode): Partial<SelectionMeasure> {
  const counts = { selections: 0, aliases: 0, directives: 0, depth: 0 };
  const walk = (set: SelectionSetNode, level: number): void => {
    for (const selection of set.selections) {
      counts.selections += 1;
      counts.directives += selection.directives?.length ?? 0;
      if (selection.kind === Kind.FIELD) {
        counts.depth = Math.max(counts.depth, level);
        counts.aliases += selection.alias ? 1 : 0;
        if (selection.selectionSet) walk(selection.selectionSet, level + 1);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        walk(selection.selectionSet, level);
      } else {
        const name = selection.name.value;
        const fragment = document.definitions.find(
          (definition) =>
            definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name,
        );
        if (fragment?.kind === Kind.FRAGMENT_DEFINITION) walk(fragment.selectionSet, level);
      }
    }
  };
  walk(operationSet(document), 1);
  return counts;
}

/** Documents in which fragment number n may spread only later ones, so that none spreads itself. */
const FRAGMENTS = 4;
const selectionsFrom = (fragment: number): fc.Arbitrary<string> =>
  fc.letrec<{ set: string; selection: string }>((tie) => ({
    set: fc
      .array(tie('selection'), { minLength: 1, maxLength: 3 })
      .map((selections) => `{ ${selections.join(' ')} }`),
    selection: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom('a', 'x: a', 'a @d', 'y: a @d @d'),
      fc.integer({ min: fragment, max: FRAGMENTS - 1 }).map((target) => `...F${target}`),
      tie('set').map((set) => `b ${set}`),
      tie('set').map((set) => `... @d ${set}`),
    ),
  })).set;
const documents = fc
  .tuple(...Array.from({ length: FRAGMENTS }, (_, index) => selectionsFrom(index)))
  .map(([operation = '{ a }', ...sets]) => {
    const fragments = [...sets, '{ a }'].map((set, index) => `fragment F${index} on T ${set}`);
    return `${operation} ${fragments.join(' ')}`;
  });

test('counts are those of spreading every fragment for real', () => {
  fc.assert(
    fc.property(documents, (source) => {
      const document = parse(source);
      expect(measurerOf(document)(operationSet(document))).toMatchObject(
        measureBySpreading(document),
      );
    }),
    { numRuns: 300 },
  );
});

test('a document of 2^1000 selections is measured in the time of its text', () => {
  const fragments = Array.from(
    { length: 1_000 },
    (_, index) => `fragment F${index} on T { ...F${index + 1} ...F${index + 1} }`,
  );
  const source = `{ ...F0 } ${fragments.join(' ')} fragment F1000 on T { a: a @d }`;
  const started = performance.now();
  const { selections, aliases, depth } = measure(source);
  expect(performance.now() - started).toBeLessThan(5_000);
  expect(aliases).toBe(2 ** 1_000);
  expect(selections).toBeGreaterThan(2 ** 1_000);
  expect(depth).toBe(1);
});

test('fragments in a circle end the count instead of hanging it', () => {
  expect(measure('{ ...A } fragment A on T { a ...B } fragment B on T { b ...A }').selections).toBe(
    5,
  );
});

test('a fragment that is not there counts as the spread alone', () => {
  expect(measure('{ ...Missing }')).toMatchObject({ selections: 1, ownFields: 0, depth: 0 });
});

test('fields at the root are counted through fragments', () => {
  expect(measure('{ a ...A ... { b } } fragment A on T { c d { e } }').ownFields).toBe(4);
});

test('introspection has a depth of its own, and only under __schema and __type', () => {
  const walk = '{ types { fields { type { fields { name } inputFields { name } } } } }';
  expect(measure(`{ __schema ${walk} }`)).toMatchObject({ depth: 1, introspectionDepth: 2 });
  expect(measure(`{ other ${walk} }`)).toMatchObject({ depth: 6, introspectionDepth: 0 });
  const hidden =
    '{ ...A } fragment A on T { __type(name: "T") { ...B } } fragment B on T { fields { name } }';
  expect(measure(hidden).introspectionDepth).toBe(1);
});
