/** What is kept of tokens, as a table and as JSON. */
import type { ApiToken } from '../../auth/api-token.entity';
import { printable } from './printable';
import { type Column, tableLines } from './table';

const COLUMNS: readonly Column[] = [
  'Id',
  'Name',
  'Role',
  'State',
  'Created',
  'Expires',
  'Last used',
].map((title) => ({ title, align: 'left' }));

type TokenState = 'good' | 'expired' | 'revoked';

/** Without the hash, which is of no use to anybody. */
export function tokenView(token: ApiToken) {
  const { id, name, role, createdAt, expiresAt, revokedAt, lastUsedAt } = token;
  return { id, name, role, state: stateOf(token), createdAt, expiresAt, revokedAt, lastUsedAt };
}

export function tokenLines(tokens: readonly ApiToken[]): string[] {
  if (tokens.length === 0) return ['There are no tokens; "assay token create" makes one.'];
  return tableLines(
    COLUMNS,
    tokens.map((token) => [
      token.id,
      printable(token.name),
      token.role,
      stateOf(token),
      dateOf(token.createdAt, ''),
      dateOf(token.expiresAt, 'never'),
      dateOf(token.lastUsedAt, 'never'),
    ]),
  );
}

/** To the minute; whether a token is taken is decided by the database. */
function dateOf(date: Date | null, none: string): string {
  return date === null ? none : `${date.toISOString().slice(0, 16).replace('T', ' ')}Z`;
}

function stateOf({ expiresAt, revokedAt }: ApiToken): TokenState {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && expiresAt.getTime() <= Date.now() ? 'expired' : 'good';
}
