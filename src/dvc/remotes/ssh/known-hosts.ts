/** OpenSSH's `known_hosts` (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"): which keys a server may show. */
import { createHmac } from 'node:crypto';

export interface KnownHost {
  /** Patterns with commas, or one hashed name. */
  names: string;
  isRevoked: boolean;
  /** Such as ssh-ed25519. */
  keyType: string;
  /** The public key as it is sent, in base64. */
  key: string;
}

export type HostKeyVerdict = 'known' | 'unknown' | 'changed' | 'revoked';

const DEFAULT_PORT = 22;

/**
 * Lines that can't be read are left out, as ssh does: they make no key known. So are `@cert-authority` lines,
 * since certificates of hosts are not asked for.
 */
export function parseKnownHosts(text: string): KnownHost[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const fields = line.trim().split(/[ \t]+/);
    const marker = fields[0]?.startsWith('@') ? fields.shift() : undefined;
    const [names, keyType, key] = fields;
    if (!names || names.startsWith('#') || !keyType || !key) return [];
    if (marker !== undefined && marker !== '@revoked') return [];
    return [{ names, isRevoked: marker === '@revoked', keyType, key }];
  });
}

/** A server of several keys may show any that is listed; one key that is listed makes others suspicious. */
export function judgeHostKey(
  hosts: readonly KnownHost[],
  host: string,
  port: number,
  key: Buffer,
): HostKeyVerdict {
  const shown = key.toString('base64');
  const listed = entriesFor(hosts, host, port);
  const same = listed.filter((entry) => entry.key === shown);
  if (same.some(({ isRevoked }) => isRevoked)) return 'revoked';
  if (same.length > 0) return 'known';
  return listed.some(({ isRevoked }) => !isRevoked) ? 'changed' : 'unknown';
}

/** The types of key by which a server is known: asked for first, or it would show another one. */
export function knownKeyTypes(hosts: readonly KnownHost[], host: string, port: number): string[] {
  const usable = entriesFor(hosts, host, port).filter(({ isRevoked }) => !isRevoked);
  return [...new Set(usable.map(({ keyType }) => keyType))];
}

/** How known_hosts names a server. */
export function knownHostName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === DEFAULT_PORT ? name : `[${name}]:${port}`;
}

function entriesFor(hosts: readonly KnownHost[], host: string, port: number): KnownHost[] {
  const name = knownHostName(host, port);
  return hosts.filter(({ names }) => matches(names, name));
}

function matches(names: string, name: string): boolean {
  if (names.startsWith('|')) return matchesHash(names, name);
  const patterns = names.toLowerCase().split(',');
  const fits = (pattern: string): boolean => patternToRegExp(pattern).test(name);
  if (patterns.some((pattern) => pattern.startsWith('!') && fits(pattern.slice(1)))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && fits(pattern));
}

/** `|1|salt|HMAC-SHA1(salt, name)`, both in base64. */
function matchesHash(names: string, name: string): boolean {
  const [, version, salt, hash] = names.split('|');
  if (version !== '1' || !salt || !hash) return false;
  const hmac = createHmac('sha1', Buffer.from(salt, 'base64')).update(name);
  return hmac.digest('base64') === hash;
}

function patternToRegExp(pattern: string): RegExp {
  const source = pattern
    // Several stars are as good as one, and one can't make matching slow.
    .replace(/\*+/g, '*')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`);
}
