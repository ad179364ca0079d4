/** `assay migrate`: brings the database's schema up to date, or one step back. */
import { Command } from 'commander';
import { MIGRATIONS } from '../../migrations';
import { loadConfig } from '../config/load-config';
import { connectDatabase } from '../database/connect';
import { migrate, revertLast } from '../database/migrate';
import { ENTITIES } from '../entities';
import type { CommandIo } from './output/command-io';

export function migrateCommand(io: CommandIo): Command {
  return new Command('migrate')
    .description("bring the database's schema up to date")
    .option('--revert', 'take the last migration back; its data is lost')
    .action(async ({ revert }: { revert?: boolean }) => {
      const database = await connectDatabase(loadConfig(), {
        entities: ENTITIES,
        migrations: MIGRATIONS,
      });
      try {
        const names = revert
          ? await revertLast(database.dataSource)
          : await migrate(database.dataSource);
        io.stdout.write(
          names.length === 0
            ? 'The schema is up to date.\n'
            : names.map((name) => `${revert ? 'Reverted' : 'Ran'} ${name}\n`).join(''),
        );
      } finally {
        await database.close();
      }
    });
}
