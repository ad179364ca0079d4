/** Fetches from the store of a service what is named by its SHA-256; its cuts and pauses are waited out. */
import type { FileHandle } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../datasets/files/errno';
import { AssayError, OperationalError, UserError } from '../errors';
import { STORE_PATH } from './store-paths';
import { askStore, type StoreAddress } from './store-request';
import { Tries } from './tries';

export interface StorePatience {
  /** Nothing heard on a connection for so long ends it. */
  idleMs: number;
  /** Nothing new had for so long, over all tries, is given up. */
  patienceMs: number;
}

export const DEFAULT_PATIENCE: StorePatience = { idleMs: 20_000, patienceMs: 60_000 };

export interface WantedBytes {
  sizeBytes: number;
  /** Hex. */
  sha256: string;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
/** The disk or the wire of one moment is given a second chance. */
const MOST_WRONG = 2;

export class StoreClient {
  /** @param stop ends all that is under way */
  constructor(
    readonly address: StoreAddress,
    private readonly stop: AbortSignal,
    private readonly patience: StorePatience = DEFAULT_PATIENCE,
  ) {}

  /**
   * Whether the service answers and lets us in, asked once.
   *
   * @throws OperationalError STORE_ACCESS_DENIED, STORE_FILE_MISSING, STORE_UNREACHABLE
   */
  async check(): Promise<void> {
    const tries = new Tries(0, this.stop);
    try {
      (await this.ask(STORE_PATH, tries)).destroy();
    } catch (error) {
      throw error instanceof AssayError ? error : this.unreachable(error);
    } finally {
      tries.end();
    }
  }

  /**
   * @returns a text of at most `maxBytes`
   * @throws OperationalError STORE_UNREACHABLE, STORE_ACCESS_DENIED, STORE_FILE_MISSING; UserError STORE_CONTENT_WRONG;
   *   the reason of `stop`
   */
  async text(path: string, maxBytes: number): Promise<string> {
    const tries = new Tries(maxBytes, this.stop);
    try {
      return await this.persist(tries, async () => {
        tries.beginAnew();
        const pieces: Buffer[] = [];
        for await (const piece of await this.ask(path, tries)) {
          tries.add(piece as Buffer);
          if (tries.received > maxBytes) throw this.wrong(`it sends more than ${maxBytes} bytes`);
          pieces.push(piece as Buffer);
        }
        return Buffer.concat(pieces).toString('utf8');
      });
    } finally {
      tries.end();
    }
  }

  /**
   * Writes exactly the wanted bytes to an empty file, or fails.
   *
   * @throws as `text`
   */
  async download(path: string, wanted: WantedBytes, file: FileHandle): Promise<void> {
    const tries = new Tries(wanted.sizeBytes, this.stop);
    try {
      for (let wrong = 1; ; wrong++) {
        try {
          await this.persist(tries, () => this.goOn(path, wanted, file, tries));
          return;
        } catch (error) {
          if (!(error instanceof UserError) || wrong === MOST_WRONG) throw error;
          tries.beginAnew();
        }
      }
    } finally {
      tries.end();
    }
  }

  /** From where the last try was cut off, where the other side can do that. */
  private async goOn(path: string, wanted: WantedBytes, file: FileHandle, tries: Tries) {
    const { sizeBytes, sha256 } = wanted;
    if (tries.received < sizeBytes || sizeBytes === 0) {
      const response = await this.ask(path, tries);
      try {
        this.place(response, sizeBytes, tries);
        for await (const piece of response) {
          await this.take(piece as Buffer, sizeBytes, file, tries);
        }
      } finally {
        response.destroy();
      }
    }
    if (tries.received < sizeBytes) {
      throw new Error(`it sent ${tries.received} of ${sizeBytes} bytes`);
    }
    const found = tries.digest();
    if (found !== sha256) throw this.wrong(`its bytes have the SHA-256 ${found}`);
  }

  /** Holds the answer's place and size against what we have and want. */
  private place({ statusCode, headers }: IncomingMessage, sizeBytes: number, tries: Tries): void {
    if (statusCode === 206) {
      const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers['content-range'] ?? '') ?? [];
      if (Number(range[1]) === tries.received && Number(range[2]) === sizeBytes) return;
      tries.beginAnew();
      throw new Error('it answered another range than the one that was asked for');
    }
    // The whole; or 416, to which what we have can't be the beginning of this file.
    tries.beginAnew();
    if (statusCode !== 200) throw new Error(`it answered ${statusCode ?? 0}`);
    const announced = Number(headers['content-length'] ?? sizeBytes);
    if (announced !== sizeBytes) {
      throw this.wrong(`it announces ${announced} bytes instead of ${sizeBytes}`);
    }
  }

  private async take(piece: Buffer, sizeBytes: number, file: FileHandle, tries: Tries) {
    if (tries.received + piece.byteLength > sizeBytes) {
      throw this.wrong(`it sends more than ${sizeBytes} bytes`);
    }
    for (let done = 0; done < piece.byteLength;) {
      const { bytesWritten } = await file.write(piece, done, null, tries.received + done);
      done += bytesWritten;
    }
    tries.add(piece);
  }

  private ask(path: string, { received: from, signal }: Tries): Promise<IncomingMessage> {
    return askStore(this.address, { path, from, signal, idleMs: this.patience.idleMs });
  }

  /** Tries until it is done, refused, or nothing new has come for too long. */
  private async persist<T>(tries: Tries, work: () => Promise<T>): Promise<T> {
    let pause = FIRST_PAUSE_MS;
    let lastNewsAt = performance.now();
    for (;;) {
      const before = tries.received;
      try {
        return await work();
      } catch (error) {
        if (error instanceof AssayError || isLocal(error)) throw error;
        this.stop.throwIfAborted();
        if (tries.received > before) {
          lastNewsAt = performance.now();
          pause = FIRST_PAUSE_MS;
        }
        const isPatient = performance.now() - lastNewsAt < this.patience.patienceMs;
        if (!isPatient || tries.signal.aborted) throw this.unreachable(error);
      }
      await sleep(pause, undefined, { signal: this.stop });
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }

  private unreachable(cause: unknown): OperationalError {
    return new OperationalError(
      'STORE_UNREACHABLE',
      `${this.address.url} does not give the files that the run needs: ${reasonOf(cause)}. Check that the service runs there and can be reached from this worker`,
      { cause },
    );
  }

  private wrong(what: string): UserError {
    return new UserError(
      'STORE_CONTENT_WRONG',
      `what ${this.address.url} sent for a file of the run was refused: ${what}. Check that --api names the service that works on this database, and that its data folder is sound`,
    );
  }
}

/** Our own disk, which no other answer of the service would mend. */
function isLocal(error: unknown): boolean {
  const { syscall } = error as NodeJS.ErrnoException;
  return (
    syscall === 'write' && ['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG', 'EROFS'].includes(codeOf(error))
  );
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}
