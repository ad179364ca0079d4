/** SFTP by promises that end with the connection: the library drops the callbacks of what is asked after that. */
import type { SFTPWrapper, Stats } from 'ssh2';

type Done<T> = (error: Error | null | undefined, value: T) => void;

/** SSH_FXP_STATUS, of draft-ietf-secsh-filexfer-02. */
export const SFTP_STATUS = { noSuchFile: 2, permissionDenied: 3, failure: 4 } as const;

/** The number that the server answered; undefined where it did not answer. */
export function sftpStatus(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'number' ? error.code : undefined;
}

export class SftpSession {
  private lost: Error | undefined;
  /** How to fail what waits for an answer, and the signal that ends its waiting. */
  private readonly waiting = new Map<(error: Error) => void, AbortSignal | undefined>();
  private readonly watched = new WeakSet<AbortSignal>();

  constructor(private readonly sftp: SFTPWrapper) {
    sftp.on('error', (error: Error) => {
      this.lose(error);
    });
    sftp.on('end', () => {
      this.lose(new Error('the server ended the SFTP session'));
    });
    sftp.on('close', () => {
      this.lose(new Error('the SFTP session was closed'));
    });
  }

  get isAlive(): boolean {
    return this.lost === undefined;
  }

  /** Fails everything that waits for an answer. */
  lose(reason: Error): void {
    this.lost ??= reason;
    for (const fail of this.waiting.keys()) fail(reason);
  }

  /** @param position of the first byte. @returns all of `length` bytes; fewer where the file ends */
  async read(
    handle: Buffer,
    position: number,
    length: number,
    signal: AbortSignal,
  ): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      const count = await this.call<number>((done) => {
        this.sftp.read(handle, buffer, filled, length - filled, position + filled, done);
      }, signal);
      if (count === 0) break;
      filled += count;
    }
    return buffer.subarray(0, filled);
  }

  write(handle: Buffer, piece: Buffer, position: number, signal: AbortSignal): Promise<void> {
    return this.call((done: Done<void>) => {
      this.sftp.write(handle, piece, 0, piece.length, position, done);
    }, signal);
  }

  open(file: string, flags: 'r' | 'r+' | 'wx', signal: AbortSignal): Promise<Buffer> {
    return this.call((done: Done<Buffer>) => {
      this.sftp.open(file, flags, 0o644, done);
    }, signal);
  }

  close(handle: Buffer): Promise<void> {
    return this.call((done: Done<void>) => {
      this.sftp.close(handle, done);
    });
  }

  fstat(handle: Buffer, signal: AbortSignal): Promise<Stats> {
    return this.call((done: Done<Stats>) => {
      this.sftp.fstat(handle, done);
    }, signal);
  }

  /** Undefined where there is nothing. */
  async stat(file: string, signal: AbortSignal): Promise<Stats | undefined> {
    try {
      return await this.call((done: Done<Stats>) => {
        this.sftp.stat(file, done);
      }, signal);
    } catch (error) {
      if (sftpStatus(error) === SFTP_STATUS.noSuchFile) return undefined;
      throw error;
    }
  }

  mkdir(folder: string, signal: AbortSignal): Promise<void> {
    return this.call((done: Done<void>) => {
      this.sftp.mkdir(folder, done);
    }, signal);
  }

  readdir(folder: string, signal: AbortSignal): Promise<{ name: string; stats: Stats }[]> {
    return this.call((done: Done<{ name: string; stats: Stats }[]>) => {
      this.sftp.readdir(folder, (error, list) => {
        // There is no list beside an error.
        const entries = error ? [] : list;
        done(
          error,
          entries.map(({ filename, attrs }) => ({ name: filename, stats: attrs })),
        );
      });
    }, signal);
  }

  unlink(file: string): Promise<void> {
    return this.call((done: Done<void>) => {
      this.sftp.unlink(file, done);
    });
  }

  /** Over what is there, where the server can; else it fails where something is there. */
  async rename(from: string, to: string, signal: AbortSignal): Promise<void> {
    const replaces = await this.extension((done) => {
      this.sftp.ext_openssh_rename(from, to, done);
    }, signal);
    if (replaces) return;
    await this.call((done: Done<void>) => {
      this.sftp.rename(from, to, done);
    }, signal);
  }

  /** Waits until the bytes are on the server's disk, where it can. */
  async fsync(handle: Buffer, signal: AbortSignal): Promise<void> {
    await this.extension((done) => {
      this.sftp.ext_openssh_fsync(handle, done);
    }, signal);
  }

  /** Undefined where the server does not say. */
  async freeBytes(folder: string, signal: AbortSignal): Promise<number | undefined> {
    let space: { f_frsize?: unknown; f_bavail?: unknown } | undefined;
    await this.extension((done) => {
      this.sftp.ext_openssh_statvfs(folder, (error, found: typeof space) => {
        space = found;
        done(error);
      });
    }, signal);
    if (typeof space?.f_bavail !== 'number' || typeof space.f_frsize !== 'number') return undefined;
    return space.f_bavail * space.f_frsize;
  }

  /** @returns false where the server lacks the extension, which the library throws at once */
  private async extension(
    run: (done: (error?: Error | null) => void) => void,
    signal: AbortSignal,
  ): Promise<boolean> {
    let isThere = true;
    await this.call((done: Done<void>) => {
      try {
        run((error) => {
          done(error, undefined);
        });
      } catch {
        isThere = false;
        done(undefined, undefined);
      }
    }, signal);
    return isThere;
  }

  private call<T>(run: (done: Done<T>) => void, signal?: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.lost) throw this.lost;
      if (signal) this.watch(signal);
      const fail = (error: Error): void => {
        this.waiting.delete(fail);
        reject(error);
      };
      this.waiting.set(fail, signal);
      run((error, value) => {
        if (error) fail(error);
        else {
          this.waiting.delete(fail);
          resolve(value);
        }
      });
    });
  }

  /** One listener a signal: hundreds of calls may wait at a time. */
  private watch(signal: AbortSignal): void {
    if (this.watched.has(signal)) return;
    this.watched.add(signal);
    signal.addEventListener('abort', () => {
      for (const [fail, its] of this.waiting) if (its === signal) fail(signal.reason as Error);
    });
  }
}
