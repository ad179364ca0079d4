/** One connection by SSH with an SFTP session on it: opened, watched, ended. */
import { Client, type ClientErrorExtensions, type SFTPWrapper } from 'ssh2';
import { type AssayError, OperationalError } from '../../../errors';
import type { HostKeyCheck } from './host-key-check';
import { SftpSession } from './sftp-session';
import { inTurn, type Login } from './ssh-login';
import type { SshSettings } from './ssh-settings';

export interface SshConnection {
  session: SftpSession;
  /** Resolves when the socket is closed. */
  end: () => Promise<void>;
}

/** A peer that is gone without a word is noticed after three unanswered questions. */
const KEEPALIVE_INTERVAL_MS = 10_000;
const KEEPALIVE_MISSED = 3;
/** How long the other side may take to close. */
const END_TIMEOUT_MS = 2_000;

/**
 * @param signal ends the attempt
 * @throws UserError of host-key-check.ts; OperationalError DVC_ACCESS_DENIED; Error for what may pass later
 */
export async function connectSsh(
  settings: SshSettings,
  login: Login,
  hostKeys: HostKeyCheck,
  signal: AbortSignal,
): Promise<SshConnection> {
  signal.throwIfAborted();
  const client = new Client();
  let refusal: AssayError | undefined;
  const closed = new Promise<void>((resolve) => client.once('close', resolve));
  const abort = (): void => {
    client.destroy();
  };
  signal.addEventListener('abort', abort);
  try {
    await new Promise<void>((resolve, reject) => {
      // Stays for the whole life of the client: an error that nobody listens to would end the process.
      client.on('error', (error: Error & ClientErrorExtensions) => {
        if (!isStepOfLogin(error)) reject(refusal ?? failureOf(error, settings, login));
      });
      client.on('close', () => {
        reject(refusal ?? new Error('the server closed the connection'));
      });
      client.on('ready', resolve);
      client.connect({
        host: settings.host,
        port: settings.port,
        username: settings.user,
        authHandler: inTurn(login, settings.user),
        algorithms: { serverHostKey: hostKeys.algorithms },
        hostVerifier: (key: Buffer) => {
          refusal = hostKeys.refusal(key);
          return refusal === undefined;
        },
        readyTimeout: settings.connectTimeoutSeconds * 1000,
        keepaliveInterval: KEEPALIVE_INTERVAL_MS,
        keepaliveCountMax: KEEPALIVE_MISSED,
      });
    });
    // Else each question waits some 40 ms for the answer to the one before.
    client.setNoDelay(true);
    const session = new SftpSession(await openSftp(client, settings));
    const lose = (error: Error): void => {
      session.lose(error);
    };
    client.on('error', lose);
    client.on('end', () => {
      lose(new Error('the server ended the connection'));
    });
    client.on('close', () => {
      lose(new Error('the connection was cut'));
    });
    return { session, end: () => end(client, session, closed) };
  } catch (error) {
    client.destroy();
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** An agent that is not there, or a key that can't sign, is passed over by the library. */
function isStepOfLogin({ level, message }: Error & ClientErrorExtensions): boolean {
  return level === 'agent' || (level === 'client-authentication' && !isEndOfLogin(message));
}

function isEndOfLogin(message: string): boolean {
  return message.startsWith('All configured authentication methods failed');
}

function failureOf(
  error: Error & ClientErrorExtensions,
  { remote, host, port, user }: SshSettings,
  { tried }: Login,
): Error {
  if (error.level !== 'client-authentication') return error;
  const ways = tried.join(', ') || 'nothing: no key, agent or password is there';
  return new OperationalError(
    'DVC_ACCESS_DENIED',
    `${host} port ${port} does not let ${JSON.stringify(user)} in. Tried: ${ways}. Check user, keyfile and password of the remote ${remote} in .dvc/config.local, or what "ssh-add -l" lists.`,
    { details: { host, port, user, tried } },
  );
}

function openSftp(client: Client, { host }: SshSettings): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) => {
    const cut = (): void => {
      reject(new Error('the connection was cut'));
    };
    client.once('close', cut);
    client.sftp((error: (Error & { reason?: unknown }) | undefined, sftp) => {
      client.off('close', cut);
      if (error === undefined) resolve(sftp);
      else if (error.message === 'No response from server') cut();
      else reject(noSftp(host, error));
    });
  });
}

function noSftp(host: string, error: Error): OperationalError {
  return new OperationalError(
    'DVC_REMOTE_UNAVAILABLE',
    `${host} gives no SFTP session (${error.message}). Have "Subsystem sftp" switched on in its sshd_config, or use another remote.`,
    { cause: error },
  );
}

async function end(client: Client, session: SftpSession, closed: Promise<void>): Promise<void> {
  session.lose(new Error('the connection was ended'));
  client.end();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, END_TIMEOUT_MS);
  });
  await Promise.race([closed, late]);
  clearTimeout(timer);
  client.destroy();
}
