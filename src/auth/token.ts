/** Tokens as text: made, recognised, and turned into what the database keeps of them. */
import { createHash, randomBytes } from 'node:crypto';

/** So that scanners find a token that was committed or pasted somewhere. */
const TOKEN_PREFIX = 'assay_';
/** 256 bits: nobody guesses one, so neither salt nor a slow hash is needed. */
const SECRET_BYTES = 32;
const TOKEN = /^assay_[A-Za-z0-9_-]{43}$/;

export function newToken(): string {
  return TOKEN_PREFIX + randomBytes(SECRET_BYTES).toString('base64url');
}

export function looksLikeToken(text: string): boolean {
  return TOKEN.test(text);
}

/**
 * SHA-256 in hex of the token's text. A token is looked up by it: how long an index takes to compare hashes
 * tells nothing about the token, since nobody can steer the hash of a guess.
 */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}
