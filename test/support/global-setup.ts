/** jest's globalSetup: the program, and a folder for this run's PostgreSQL, whose server starts when a test first needs it. */
import { makeFolder, sweepFolders } from './postgres-folder';
import { buildProgram } from './program';

export default async function setup(): Promise<void> {
  await buildProgram();
  if (process.env['ASSAY_TEST_DATABASE_URL']) return;
  await sweepFolders();
  process.env['ASSAY_TEST_POSTGRES_DIR'] = await makeFolder();
}
