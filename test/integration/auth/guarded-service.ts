/** The whole service with tokens in its database, bound as a test asks, and reached over the loopback. */
import { ApiTokenService } from '../../../src/auth/api-token.service';
import { type Role, ROLES } from '../../../src/auth/role';
import type { AppConfig } from '../../../src/config/config';
import { migrate } from '../../../src/database/migrate';
import { GraphQLClient } from '../../support/graphql-client';
import { connectTo } from '../../support/open-test-database';
import { startTestService, type TestService } from '../../support/test-service';

export interface GuardedService extends TestService {
  /** One for each role. */
  tokens: Readonly<Record<Role, string>>;
  port: number;
  /** The address on the loopback, whatever the service is bound to. */
  url: string;
  as: (token?: string) => GraphQLClient;
  /** One more token, and its id. */
  make: (role: Role) => Promise<{ token: string; id: string }>;
}

/** How often WebSockets are looked at in tests. */
export const TOKEN_CHECK_MS = 150;

export async function startGuarded(
  host: string,
  configure?: (config: AppConfig) => void,
): Promise<GuardedService> {
  const tokens = { viewer: '', runner: '', worker: '', admin: '' };
  const service = await startTestService({
    configure: (config) => {
      config.server.host = host;
      Object.assign(config.limits, { websocketTokenCheckMs: TOKEN_CHECK_MS });
      configure?.(config);
    },
    prepare: async (databaseUrl) => {
      const dataSource = await connectTo(databaseUrl);
      await migrate(dataSource);
      for (const role of ROLES) {
        tokens[role] = (await new ApiTokenService(dataSource).create({ name: role, role })).token;
      }
      await dataSource.destroy();
    },
  });
  const port = Number(new URL(service.app.url).port);
  const url = `http://127.0.0.1:${port}`;
  return {
    ...service,
    tokens,
    port,
    url,
    as: (token) => new GraphQLClient(url, token),
    make: async (role) => {
      const { token, apiToken } = await service.app.services.tokens.create({ name: 'x', role });
      return { token, id: apiToken.id };
    },
  };
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Ends a token's time now. */
export async function expire({ app }: TestService, id: string, inMs = 0): Promise<void> {
  await app.services.database.dataSource.query(
    `UPDATE api_token SET expires_at = now() + $2 * interval '1 millisecond' WHERE id = $1`,
    [id, inMs],
  );
}
