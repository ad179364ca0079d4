/** How to name the data directory to a server that may not be able to walk to it. */
import { OperationalError } from '../../errors';
import { canEnter, type ServerAccount } from './account';

/** Linux's link to a process's own working directory; following it asks nothing of the folders above. */
const WORKING_DIRECTORY = '/proc/self/cwd';

/**
 * The path for PostgreSQL's --pgdata when its working directory is `cluster`. Where the account may not
 * pass a folder above (root's project below /root, mode 0700), the server is started inside the folder
 * and names it by its own working directory: the data stays with the project and no mode is changed.
 * @throws OperationalError EMBEDDED_POSTGRES_FORBIDDEN where there is no such link (macOS, as root)
 */
export async function clusterPath(cluster: string, account: ServerAccount): Promise<string> {
  if (await canEnter(account, cluster)) return cluster;
  if (process.platform === 'linux') return WORKING_DIRECTORY;
  throw new OperationalError(
    'EMBEDDED_POSTGRES_FORBIDDEN',
    `PostgreSQL does not run as root, and user ${account.uid ?? 0} may not enter the folders above ${cluster}. ` +
      'Start as an ordinary user, or name a folder that everybody may enter in the configuration.',
    { details: { folder: cluster } },
  );
}
