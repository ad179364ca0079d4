/** jest's globalTeardown: no server and no folder stay behind. */
import { removeFolder } from './postgres-folder';

export default async function teardown(): Promise<void> {
  const folder = process.env['ASSAY_TEST_POSTGRES_DIR'];
  if (folder !== undefined) await removeFolder(folder);
}
