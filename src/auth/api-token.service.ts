/** Makes tokens, lists what is kept of them, and revokes them. */
import { randomUUID } from 'node:crypto';
import { type DataSource, type Repository } from 'typeorm';
import { OperationalError, UserError } from '../errors';
import { looksLikeUuid } from '../uuid';
import { ApiToken } from './api-token.entity';
import { parseLifetime } from './lifetime';
import type { Role } from './role';
import { newToken, tokenHash } from './token';

export interface TokenRequest {
  /** 1 to 100 characters on one line. */
  name: string;
  role: Role;
  /** Such as 90d; never ends by itself without it. */
  expiresIn?: string | null | undefined;
}

export interface CreatedToken {
  /** Nobody can read it again. */
  token: string;
  apiToken: ApiToken;
}

const NAME = /^(?=.*\S)[^\p{C}\p{Zl}\p{Zp}]{1,100}$/u;

export class ApiTokenService {
  private readonly repository: Repository<ApiToken>;

  constructor(private readonly dataSource: DataSource) {
    this.repository = dataSource.getRepository(ApiToken);
  }

  /** @throws UserError TOKEN_NAME_INVALID, TOKEN_LIFETIME_INVALID */
  async create({ name, role, expiresIn }: TokenRequest): Promise<CreatedToken> {
    if (!NAME.test(name)) {
      throw new UserError(
        'TOKEN_NAME_INVALID',
        "a token's name has 1 to 100 characters on one line",
      );
    }
    const lifetimeMs = typeof expiresIn === 'string' ? parseLifetime(expiresIn) : null;
    const id = randomUUID();
    const token = newToken();
    // By the database's clock, which is also the one that says when it has expired.
    await this.dataSource.query(
      `INSERT INTO api_token (id, name, token_hash, role, created_at, expires_at)
       VALUES ($1, $2, $3, $4, now(), now() + CAST($5 AS double precision) * interval '1 millisecond')`,
      [id, name, tokenHash(token), role, lifetimeMs],
    );
    return { token, apiToken: await this.repository.findOneByOrFail({ id }) };
  }

  /** Newest first, revoked and expired ones too. */
  list(page: { take?: number; skip?: number } = {}): Promise<ApiToken[]> {
    return this.repository.find({ order: { createdAt: 'DESC', id: 'DESC' }, ...page });
  }

  /**
   * Ends a token for good; one that is revoked already stays as it is.
   *
   * @throws UserError TOKEN_NOT_FOUND
   */
  async revoke(id: string): Promise<ApiToken> {
    // What is no id is not repeated: it may be the token itself.
    if (!looksLikeUuid(id)) return notFound('of this id (give the id, not the token)');
    await this.dataSource.query(
      'UPDATE api_token SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL',
      [id],
    );
    return (await this.repository.findOneBy({ id })) ?? notFound(id);
  }

  /**
   * Whoever listens beyond the loopback without a token would only lock everybody out.
   *
   * @throws OperationalError AUTH_TOKEN_REQUIRED
   */
  async requireUsable(address: string): Promise<void> {
    const [row] = await this.dataSource.query<{ exists: boolean }[]>(
      `SELECT EXISTS (SELECT 1 FROM api_token
         WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())) AS "exists"`,
    );
    if (row?.exists === true) return;
    throw new OperationalError(
      'AUTH_TOKEN_REQUIRED',
      `on ${address} other machines can reach the service, so every caller needs a token, and there is none that is good. Make one: assay token create --name NAME --role admin. Or listen on 127.0.0.1, where the person at the machine needs none.`,
    );
  }
}

function notFound(what: string): never {
  throw new UserError(
    'TOKEN_NOT_FOUND',
    `there is no token ${what}; "assay token list" shows them`,
  );
}
