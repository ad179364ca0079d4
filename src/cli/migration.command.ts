/** `assay migration generate`: the migration that the entities still lack. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { projectRoot } from '../config/project-root';
import { UserError } from '../errors';
import type { CommandIo } from './output/command-io';
import { driftOf, withMigratedDatabase } from './scratch-database';

export function migrationCommand(io: CommandIo): Command {
  const generate = new Command('generate')
    .description('write a migration for what entities and migrations differ in')
    .argument('[name]', 'what it does, in kebab-case', 'change-schema')
    .option('--check', 'write nothing; fail where a migration is missing')
    .action(async (name: string, { check }: { check?: boolean }) => {
      const { up, down } = await withMigratedDatabase(driftOf);
      if (up.length === 0) {
        io.stdout.write('Entities and migrations agree.\n');
        return;
      }
      if (check) {
        throw new UserError(
          'MIGRATION_MISSING',
          `the entities differ from the migrations; run: npm run migration:generate -- NAME\n${up.join('\n')}`,
        );
      }
      const file = await writeMigration(name, up, down);
      io.stdout.write(
        `Wrote ${file}. Make it readable, give it a real down, and add it to migrations/index.ts.\n`,
      );
    });
  return new Command('migration').description('work on migrations').addCommand(generate);
}

async function writeMigration(name: string, up: string[], down: string[]): Promise<string> {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new UserError('MIGRATION_NAME_INVALID', `"${name}" is not kebab-case like add-column`);
  }
  const time = Date.now();
  const pascal = name.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
  const statements = (queries: string[]) =>
    queries.map((query) => `    await runner.query(\`${query.replace(/[`\\$]/g, '\\$&')}\`);`);
  const text = [
    `import type { MigrationInterface, QueryRunner } from 'typeorm';`,
    ``,
    `export class ${pascal}${time} implements MigrationInterface {`,
    `  readonly name = '${pascal}${time}';`,
    ``,
    `  async up(runner: QueryRunner): Promise<void> {`,
    ...statements(up),
    `  }`,
    ``,
    `  async down(runner: QueryRunner): Promise<void> {`,
    ...statements(down),
    `  }`,
    `}`,
    ``,
  ].join('\n');
  const file = path.join('migrations', `${time}-${name}.ts`);
  await writeFile(path.join(projectRoot(), file), text, { flag: 'wx' });
  return file;
}
