/** jest's globalSetup: a folder for this run's PostgreSQL. The server starts when a test first needs it. */
import { makeFolder, sweepFolders } from './postgres-folder';

export default async function setup(): Promise<void> {
  if (process.env['ASSAY_TEST_DATABASE_URL']) return;
  await sweepFolders();
  process.env['ASSAY_TEST_POSTGRES_DIR'] = await makeFolder();
}
