/** Waits for a database that is away instead of failing with it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDatabaseAway } from './database-away';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Does the work again until the database answers. The work must bear being done twice: an answer that is lost
 * may have been a commit.
 *
 * @param signal ends the waiting: the last error is thrown
 */
export async function persistently<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isDatabaseAway(error) || signal?.aborted) throw error;
      await sleep(pause, undefined, { ...(signal && { signal }) }).catch(() => undefined);
      if (signal?.aborted) throw error;
    }
  }
}
