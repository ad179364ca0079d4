/** `assay schema`: writes both committed schemas from the code, or checks that they are the code's. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { projectRoot } from '../config/project-root';
import { describeSchema } from '../database/describe-schema';
import { UserError } from '../errors';
import { createSchema, schemaText } from '../graphql/schema';
import type { CommandIo } from './output/command-io';
import { withMigratedDatabase } from './scratch-database';

export function schemaCommand(io: CommandIo): Command {
  return new Command('schema')
    .description('write schema/schema.graphql and schema/database.sql from the code')
    .option('--check', 'write nothing; fail where a file differs from the code')
    .action(async ({ check }: { check?: boolean }) => {
      const stale: string[] = [];
      for (const [file, text] of await schemas()) {
        if ((await readFile(file, 'utf8').catch(() => undefined)) === text) continue;
        stale.push(path.relative(projectRoot(), file));
        if (!check) await writeFile(file, text);
      }
      if (check && stale.length > 0) {
        throw new UserError(
          'SCHEMA_STALE',
          `${stale.join(' and ')} differ from the code; run: npm run schema`,
        );
      }
      io.stdout.write(
        stale.length === 0 ? 'Both schemas are current.\n' : `Wrote ${stale.join(' and ')}.\n`,
      );
    });
}

async function schemas(): Promise<[string, string][]> {
  const folder = path.join(projectRoot(), 'schema');
  // Nothing is resolved while the schema is printed, so no resolver needs an instance.
  const graphql = schemaText(await createSchema(new Map()));
  const sql = await withMigratedDatabase(describeSchema);
  return [
    [path.join(folder, 'schema.graphql'), graphql],
    [path.join(folder, 'database.sql'), sql],
  ];
}
