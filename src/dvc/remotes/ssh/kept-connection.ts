/** The one connection that all files share: opened when first needed, and anew after it was cut. */
import type { SftpSession } from './sftp-session';
import type { SshConnection } from './ssh-connection';

export class KeptConnection {
  private connecting: Promise<SshConnection> | undefined;
  private readonly closing = new AbortController();

  constructor(private readonly connect: (signal: AbortSignal) => Promise<SshConnection>) {}

  /** Only `close` ends the connection; the signal ends a caller's waiting for it. */
  async session(signal: AbortSignal): Promise<SftpSession> {
    signal.throwIfAborted();
    this.connecting ??= this.connect(this.closing.signal);
    const connecting = this.connecting;
    try {
      const { session, end } = await untilAborted(connecting, signal);
      if (session.isAlive) return session;
      this.drop(connecting);
      await end();
    } catch (error) {
      if (!signal.aborted) this.drop(connecting);
      throw error;
    }
    return this.session(signal);
  }

  async close(): Promise<void> {
    this.closing.abort(new Error('the remote is closed'));
    const connection = await this.connecting?.catch(() => undefined);
    await connection?.end();
  }

  /** Unless another caller has done so and begun a new one. */
  private drop(connecting: Promise<SshConnection>): void {
    if (this.connecting === connecting) this.connecting = undefined;
  }
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}
