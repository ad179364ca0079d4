/** The database's tokens for one command, without the rest of the service. */
import { MIGRATIONS } from '../../migrations';
import { ApiTokenService } from '../auth/api-token.service';
import { loadConfig } from '../config/load-config';
import { connectDatabase } from '../database/connect';
import { migrate } from '../database/migrate';
import { ENTITIES } from '../entities';
import { unbroken } from './interruptible';

/** Migrates first: the first token is made before the service has ever started. */
export function withTokens<T>(use: (tokens: ApiTokenService) => Promise<T>): Promise<T> {
  return unbroken(async () => {
    const schema = { entities: ENTITIES, migrations: MIGRATIONS };
    const database = await connectDatabase(loadConfig(), schema);
    try {
      await migrate(database.dataSource);
      return await use(new ApiTokenService(database.dataSource));
    } finally {
      await database.close();
    }
  });
}
