/** Waits for what another process, thread or timer brings about. */
import { setTimeout as sleep } from 'node:timers/promises';

const DEADLINE_MS = 45_000;

/** Asks again and again, and gives up with what was asked for in the message. */
export async function eventually<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  deadlineMs = DEADLINE_MS,
): Promise<T> {
  const end = Date.now() + deadlineMs;
  while (Date.now() < end) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await sleep(25);
  }
  throw new Error(`waited ${deadlineMs} ms in vain: ${what}`);
}
