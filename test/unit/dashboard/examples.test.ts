/** The explorer's examples are what the schema allows. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema, Kind, parse, validate } from 'graphql';
import { makeExamples } from '../../../src/dashboard/explorer/examples';

const schema = buildSchema(
  readFileSync(path.resolve(__dirname, '../../../schema/schema.graphql'), 'utf8'),
);
const examples = makeExamples({ checkpointId: 'c', datasetId: 'd', runId: 'r' });

it.each(examples.map((example) => [example.label, example] as const))(
  '%s',
  (_label, { query, variables }) => {
    const document = parse(query);
    expect(validate(schema, document)).toEqual([]);
    const [operation] = document.definitions;
    if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation');
    // Each variable is given, and no other.
    expect(Object.keys(JSON.parse(variables) as object)).toEqual(
      operation.variableDefinitions?.map(({ variable }) => variable.name.value),
    );
  },
);
