/** Whether the server is the one it should be: its key against the files of known hosts. Nothing is added to them. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { errorCode, reasonOf } from '../../../datasets/files/errno';
import { OperationalError, UserError } from '../../../errors';
import { shellWord } from '../../shell-word';
import {
  type HostKeyVerdict,
  judgeHostKey,
  knownHostName,
  knownKeyTypes,
  parseKnownHosts,
} from './known-hosts';
import type { SshSettings } from './ssh-settings';

export interface HostKeyCheck {
  /** In the order of preference, so that the server shows the key by which it is known. */
  algorithms: ServerHostKeyAlgorithm[];
  /** Undefined where the key is right. */
  refusal(key: Buffer): UserError | undefined;
}

/** Signatures by SHA-1 (ssh-rsa, ssh-dss) are left out. */
const ALGORITHMS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

const MAX_TYPE_LENGTH = 64;

/** @throws OperationalError DVC_CONFIG_UNREADABLE */
export async function createHostKeyCheck(settings: SshSettings): Promise<HostKeyCheck> {
  const { host, port, knownHostsFiles } = settings;
  const texts = await Promise.all(knownHostsFiles.map(textOf));
  const hosts = texts.flatMap(parseKnownHosts);
  const types = knownKeyTypes(hosts, host, port);
  const isKnown = (algorithm: ServerHostKeyAlgorithm): boolean =>
    types.includes(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm);
  return {
    algorithms: [
      ...ALGORITHMS.filter(isKnown),
      ...ALGORITHMS.filter((algorithm) => !isKnown(algorithm)),
    ],
    refusal(key) {
      const verdict = judgeHostKey(hosts, host, port, key);
      return verdict === 'known' ? undefined : refused(verdict, settings, key);
    },
  };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return '';
    throw new OperationalError('DVC_CONFIG_UNREADABLE', `${file}: ${reasonOf(error)}`);
  }
}

/** The blob begins with it, as a string of SSH; who is not known yet may have sent anything. */
function typeOf(key: Buffer): string {
  if (key.length < 4) return '?';
  const end = 4 + Math.min(key.readUInt32BE(0), MAX_TYPE_LENGTH);
  return key.toString('latin1', 4, end).replace(/[^\w.@-]/g, '?');
}

function refused(
  verdict: Exclude<HostKeyVerdict, 'known'>,
  { host, port, user }: SshSettings,
  key: Buffer,
): UserError {
  const name = knownHostName(host, port);
  const type = typeOf(key);
  const fingerprint = `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
  const shown = `${name} shows the host key ${type} ${fingerprint}`;
  const compare =
    'Ask whoever runs the server for its fingerprint ("ssh-keygen -lf" of its public host key)';
  // By -l, so that a name with a dash in front is no option.
  const login = `ssh -p ${port} -l ${shellWord(user)} ${shellWord(host)}`;
  const details = { host, port, keyType: type, fingerprint };
  switch (verdict) {
    case 'unknown':
      return new UserError(
        'DVC_HOST_KEY_UNKNOWN',
        `${shown}, which no file of known hosts has. ${compare}; where both are equal, take the key with "${login}" and run the command again.`,
        { details },
      );
    case 'changed':
      return new UserError(
        'DVC_HOST_KEY_CHANGED',
        `${shown}, and the known hosts have another: somebody may be listening in, or the server was set up anew. ${compare}; only where both are equal, remove the old key with "ssh-keygen -R ${shellWord(name)}" and take the new one with "${login}".`,
        { details },
      );
    case 'revoked':
      return new UserError(
        'DVC_HOST_KEY_REVOKED',
        `${shown}, which the known hosts mark as revoked. Don't use this server before whoever runs it has given it a new key.`,
        { details },
      );
  }
}
