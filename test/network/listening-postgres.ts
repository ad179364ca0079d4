/** A real PostgreSQL that listens on an address of the network, not on the loopback, and asks for its password. */
import { spawn } from 'node:child_process';
import { appendFile } from 'node:fs/promises';
import { chooseAccount } from '../../src/database/embedded/account';
import { locateBinaries } from '../../src/database/embedded/binaries';
import { startEmbeddedPostgres } from '../../src/database/embedded/embedded-postgres';
import { clusterName, openHome } from '../../src/database/embedded/home';
import { clusterPath } from '../../src/database/embedded/cluster-path';
import { CLEAN_ENVIRONMENT } from '../../src/database/embedded/run-program';
import { serverSettings } from '../../src/database/embedded/server-settings';
import { connectTo } from '../support/open-test-database';
import { eventually } from '../support/eventually';

const PORT = 5432;

/**
 * It runs as long as this process's namespace.
 *
 * @param dataDir a folder that may hold nothing yet
 * @returns its URL, with the password
 */
export async function startListeningPostgres(dataDir: string, address: string): Promise<string> {
  // Makes cluster, account and database.
  const embedded = await startEmbeddedPostgres({ dataDir });
  const { user, password, database } = embedded.connection;
  await embedded.stop();
  const home = await openHome(dataDir);
  const account = await chooseAccount(home);
  await appendFile(`${home.cluster}/pg_hba.conf`, `host all all ${address}/24 scram-sha-256\n`);
  const { postgres } = await locateBinaries(account, home);
  const settings = serverSettings(PORT, await clusterName(home));
  spawn(
    postgres,
    ['-D', await clusterPath(home.cluster, account), ...settings, `--listen_addresses=${address}`],
    { ...account, cwd: home.cluster, env: CLEAN_ENVIRONMENT, stdio: 'ignore' },
  );
  const url = `postgres://${user}:${encodeURIComponent(password)}@${address}:${PORT}/${database}`;
  await eventually('PostgreSQL answers', async () => {
    const dataSource = await connectTo(url).catch(() => undefined);
    await dataSource?.destroy();
    return dataSource !== undefined;
  });
  return url;
}
