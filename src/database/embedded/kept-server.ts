/** Keeps a server up: one that dies under us is started again, by us or by whoever of its users is faster. */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../errors';
import { holdProcess } from './lease';
import type { RunningServer } from './server';

export interface KeptServerOptions {
  /** Brings it up, or finds it up; on the same port where that is free. */
  bringUp: (port: number) => Promise<RunningServer>;
  /** Told where it listens now. */
  onRestart: (port: number) => void;
  /** Told a sentence when it has died, and when it could not be started. */
  onTrouble: (message: string) => void;
}

/** One that dies again and again is not started again and again without a pause. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
const STEADY_AFTER_MS = 60_000;

export class KeptServer {
  private mending: Promise<void> | undefined;
  private readonly stopping = new AbortController();
  private upSince = Date.now();
  private pause = 0;

  constructor(
    private server: RunningServer,
    private readonly options: KeptServerOptions,
  ) {
    this.watch();
  }

  /** Ends the keeping. @returns the server as it is now, perhaps dead, to be left */
  async release(): Promise<RunningServer> {
    this.stopping.abort();
    await this.mending;
    return this.server;
  }

  /** The lease is the one connection that stays open as long as the server does. */
  private watch(): void {
    this.server.lease.once('end', () => {
      if (!this.stopping.signal.aborted) this.mending = this.mend();
    });
  }

  private async mend(): Promise<void> {
    const { bringUp, onRestart, onTrouble } = this.options;
    if (Date.now() - this.upSince > STEADY_AFTER_MS) this.pause = 0;
    onTrouble(
      'the embedded PostgreSQL has broken its connections; where it is gone it is started again',
    );
    while (await this.isTime()) {
      try {
        this.server = await bringUp(this.server.port);
      } catch (error) {
        onTrouble(messageOf(error));
        continue;
      }
      holdProcess(this.server.lease, false);
      this.upSince = Date.now();
      this.watch();
      onRestart(this.server.port);
      return;
    }
  }

  /** After a pause that grows with each try. @returns false where it is not to be kept up any more */
  private async isTime(): Promise<boolean> {
    const { signal } = this.stopping;
    await sleep(this.pause, undefined, { signal, ref: false }).catch(() => undefined);
    this.pause = Math.min(LONGEST_PAUSE_MS, this.pause * 2 || FIRST_PAUSE_MS);
    return !signal.aborted;
  }
}
