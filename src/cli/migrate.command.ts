/** `assay migrate`: brings the database's schema up to date, or one step back. */
import { Command } from 'commander';
import { MIGRATIONS } from '../../migrations';
import { loadConfig } from '../config/load-config';
import { connectDatabase } from '../database/connect';
import { migrate, revertLast } from '../database/migrate';
import { ENTITIES } from '../entities';
import { prepareQueue } from '../services';
import { unbroken } from './interruptible';
import type { CommandIo } from './output/command-io';

export function migrateCommand(io: CommandIo): Command {
  return new Command('migrate')
    .description("bring the database's schema up to date")
    .option('--revert', 'take the last migration back; its data is lost')
    .action(({ revert }: { revert?: boolean }) => unbroken(() => run(io, revert ?? false)));
}

async function run(io: CommandIo, revert: boolean): Promise<void> {
  const database = await connectDatabase(loadConfig(), {
    entities: ENTITIES,
    migrations: MIGRATIONS,
  });
  try {
    const { dataSource } = database;
    const names = await (revert
      ? revertLast(dataSource)
      : migrate(dataSource, () => prepareQueue(dataSource)));
    io.stdout.write(
      names.length === 0
        ? `${revert ? 'There is nothing to revert' : 'The schema is up to date'}.\n`
        : names.map((name) => `${revert ? 'Reverted' : 'Ran'} ${name}\n`).join(''),
    );
  } finally {
    await database.close();
  }
}
