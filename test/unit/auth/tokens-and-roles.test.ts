/** The text of tokens, how long they live, and which role may do what. */
import { createHash } from 'node:crypto';
import { parseLifetime } from '../../../src/auth/lifetime';
import { permits, type Role, ROLES } from '../../../src/auth/role';
import { looksLikeToken, newToken, tokenHash } from '../../../src/auth/token';
import { AssayError } from '../../../src/errors';
import { bearerToken, connectionAuthorization } from '../../../src/http/bearer';

/** The code of what is thrown. */
function codeOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof AssayError) return error.code;
    throw error;
  }
  return undefined;
}

describe('a token', () => {
  it('has the prefix that scanners look for and 256 random bits behind it', () => {
    const tokens = Array.from({ length: 100 }, newToken);
    expect(new Set(tokens).size).toBe(100);
    for (const token of tokens) {
      expect(token).toMatch(/^assay_[A-Za-z0-9_-]{43}$/);
      expect(Buffer.from(token.slice('assay_'.length), 'base64url')).toHaveLength(32);
      expect(looksLikeToken(token)).toBe(true);
    }
  });

  it('is kept as the SHA-256 of its text', () => {
    const token = newToken();
    expect(tokenHash(token)).toBe(createHash('sha256').update(token).digest('hex'));
  });

  it.each([
    '',
    'assay_',
    `assay_${'a'.repeat(42)}`,
    `assay_${'a'.repeat(44)}`,
    `assay_${'a'.repeat(42)}=`,
  ])('is not recognised in %j', (text) => {
    expect(looksLikeToken(text)).toBe(false);
    expect(looksLikeToken(`${newToken()}\n`)).toBe(false);
  });
});

describe('a lifetime', () => {
  it.each([
    ['30m', 1_800_000],
    ['12h', 43_200_000],
    ['90d', 7_776_000_000],
    ['4w', 2_419_200_000],
    ['3650d', 315_360_000_000],
  ])('of %s is understood', (text, ms) => {
    expect(parseLifetime(text)).toBe(ms);
  });

  it.each(['', '0d', '-1d', '1.5d', '90', 'd', '90 d', '1y', '3651d', '9999999w', '1e3d', '90d\n'])(
    'of %j is refused',
    (text) => {
      expect(codeOf(() => parseLifetime(text))).toBe('TOKEN_LIFETIME_INVALID');
    },
  );
});

describe('roles', () => {
  it('hold what the table says and nothing else', () => {
    const held = (role: Role) => ROLES.filter((needed) => permits(role, [needed]));
    expect(held('viewer')).toEqual(['viewer']);
    expect(held('runner')).toEqual(['viewer', 'runner']);
    expect(held('worker')).toEqual(['worker']);
    expect(held('admin')).toEqual(ROLES);
  });

  it('are permitted by any one of several, and all of them where none is named', () => {
    expect(permits('worker', ['runner', 'worker'])).toBe(true);
    expect(permits('viewer', ['runner', 'worker'])).toBe(false);
    for (const role of ROLES) expect(permits(role, [])).toBe(true);
  });
});

describe('an authorization', () => {
  it('is a Bearer token under any spelling of the scheme', () => {
    expect(bearerToken('Bearer abc')).toBe('abc');
    expect(bearerToken('bearer  abc ')).toBe('abc');
    expect(bearerToken(undefined)).toBeUndefined();
  });

  it.each(['', 'abc', 'Basic abc', 'Bearer', 'Bearer a b', 7, ['Bearer abc'], {}])(
    'that is %j counts as a token that is not valid, not as none',
    (value) => {
      expect(codeOf(() => bearerToken(value))).toBe('UNAUTHENTICATED');
    },
  );

  it('is found in connection_init whatever its case, and never guessed between two', () => {
    expect(connectionAuthorization({ Authorization: 'x' })).toBe('x');
    expect(connectionAuthorization({ other: 1 })).toBeUndefined();
    expect(connectionAuthorization(undefined)).toBeUndefined();
    const both = connectionAuthorization({ Authorization: 'Bearer a', authorization: 'Bearer b' });
    expect(codeOf(() => bearerToken(both))).toBe('UNAUTHENTICATED');
  });
});
