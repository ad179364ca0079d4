/**
 * Writes src/dashboard/gql: the types of each `graphql(…)` text in the page, from schema/schema.graphql.
 * The codegen's own command line is not used: what it brings along needs Node 22.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { preset } from '@graphql-codegen/client-preset';
import { codegen } from '@graphql-codegen/core';
import { gqlPluckFromCodeString } from '@graphql-tools/graphql-tag-pluck';
import {
  buildASTSchema,
  concatAST,
  NoUnusedFragmentsRule,
  parse,
  Source,
  specifiedRules,
  validate,
} from 'graphql';

const DASHBOARD = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const SCHEMA = path.resolve(DASHBOARD, '../../schema/schema.graphql');
const OUTPUT = path.join(DASHBOARD, 'gql');

const CONFIG = {
  enumType: 'string-literal',
  strictScalars: true,
  scalars: { DateTimeISO: 'string', JSONObject: 'Record<string, unknown>', SafeInt: 'number' },
  useTypeImports: true,
};

/** @throws Error that names file and fault of each text the schema does not allow */
export async function generateTypes() {
  const schema = parse(await readFile(SCHEMA, 'utf8'));
  const schemaAst = buildASTSchema(schema);
  const documents = await findDocuments();
  check(schemaAst, documents);
  const sections = await preset.buildGeneratesSection({
    baseOutputDir: `${OUTPUT}/`,
    schema,
    schemaAst,
    documents,
    config: CONFIG,
    presetConfig: { fragmentMasking: false },
    plugins: [],
    pluginMap: {},
  });
  const files = await Promise.all(
    sections.map(async (section) => [section.filename, await codegen(section)]),
  );
  await write(new Map(files));
}

async function findDocuments() {
  const documents = [];
  for (const name of await readdir(DASHBOARD, { recursive: true })) {
    if (!/\.tsx?$/.test(name) || name.startsWith(`gql${path.sep}`)) continue;
    const location = path.join(DASHBOARD, name);
    const code = await readFile(location, 'utf8');
    if (!code.includes('graphql(')) continue;
    // With its indent, since the type of graphql() is found by the very text.
    const sources = await gqlPluckFromCodeString(location, code, { skipIndent: true });
    for (const { body, name: file, locationOffset } of sources) {
      // A Source of the graphql that is imported here: inside of Vite there may be two of them.
      documents.push({
        location,
        document: parse(new Source(body, file, locationOffset)),
        rawSDL: body,
      });
    }
  }
  return documents.sort((a, b) => a.location.localeCompare(b.location));
}

/** All at once, as the preset itself stops at the first. A fragment may be used in another file. */
function check(schema, documents) {
  const all = concatAST(documents.map(({ document }) => document));
  const rules = specifiedRules.filter((rule) => rule !== NoUnusedFragmentsRule);
  const faults = validate(schema, all, rules).map(({ message, locations, source, nodes }) => {
    const { name: file, locationOffset } = nodes?.[0]?.loc?.source ?? source;
    const line = locationOffset.line + (locations?.[0]?.line ?? 1) - 1;
    return `${path.relative(process.cwd(), file)}:${line} ${message}`;
  });
  if (faults.length > 0)
    throw new Error(`the page asks what the schema lacks:\n${faults.join('\n')}`);
}

/** What is equal stays untouched, so that watchers see changes only. */
async function write(files) {
  await mkdir(OUTPUT, { recursive: true });
  for (const name of await readdir(OUTPUT)) {
    if (!files.has(`${OUTPUT}/${name}`)) await rm(path.join(OUTPUT, name));
  }
  for (const [file, text] of files) {
    const there = await readFile(file, 'utf8').catch(() => undefined);
    if (there !== text) await writeFile(file, text);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await generateTypes();
