/** Says whose token it is, as often as it is asked: a token that was revoked a moment ago is refused. */
import type { DataSource } from 'typeorm';
import { OperationalError } from '../errors';
import type { Caller } from './caller';
import type { Role } from './role';
import { looksLikeToken, tokenHash } from './token';
import { Unauthenticated } from './unauthenticated';

/** What the transports need of this room. */
export interface Authenticator {
  /** @throws Unauthenticated, OperationalError AUTH_UNAVAILABLE */
  authenticate(token: string): Promise<Caller>;
  /**
   * Whether the caller's token is still good.
   *
   * @throws Unauthenticated, OperationalError AUTH_UNAVAILABLE
   */
  recheck(caller: Readonly<Caller>): Promise<void>;
}

interface TokenRow {
  id: string;
  name: string;
  role: Role;
  expiresAt: Date | null;
  revoked: boolean;
  expired: boolean;
  noticed: boolean;
}

/** last_used_at tells within which five minutes: a write for each request would tell no more that matters. */
const SELECT = `
  SELECT id, name, role, expires_at AS "expiresAt", revoked_at IS NOT NULL AS revoked,
         coalesce(expires_at <= now(), false) AS expired,
         coalesce(last_used_at > now() - interval '5 minutes', false) AS noticed
    FROM api_token`;

export class TokenAuthenticator implements Authenticator {
  constructor(private readonly dataSource: DataSource) {}

  async authenticate(token: string): Promise<Caller> {
    if (!looksLikeToken(token)) throw new Unauthenticated('malformed');
    const row = good(await this.find('token_hash = $1', tokenHash(token)));
    if (!row.noticed) await this.noteUse(row.id);
    const { id, name, role, expiresAt } = row;
    return { tokenId: id, name, role, expiresAt };
  }

  async recheck({ tokenId }: Readonly<Caller>): Promise<void> {
    if (tokenId !== null) good(await this.find('id = $1', tokenId));
  }

  private async find(condition: string, value: string): Promise<TokenRow | undefined> {
    try {
      const rows = await this.dataSource.query<TokenRow[]>(`${SELECT} WHERE ${condition}`, [value]);
      return rows[0];
    } catch (cause) {
      throw new OperationalError(
        'AUTH_UNAVAILABLE',
        'The token could not be checked, for the database does not answer. Try again later.',
        { cause },
      );
    }
  }

  private async noteUse(id: string): Promise<void> {
    // A caller is not refused because a note about him could not be made.
    await this.dataSource
      .query('UPDATE api_token SET last_used_at = now() WHERE id = $1', [id])
      .catch(() => undefined);
  }
}

function good(row: TokenRow | undefined): TokenRow {
  if (row === undefined) throw new Unauthenticated('unknown');
  if (row.revoked) throw new Unauthenticated('revoked', row.id);
  if (row.expired) throw new Unauthenticated('expired', row.id);
  return row;
}
