/** Whoever looks for work, finds none and goes to sleep must not miss the bell in between. */
import { WakeUp } from '../../../src/evaluations/wake-up';

const LONG_MS = 60_000;

it('wakes all who wait', async () => {
  const bell = new WakeUp();
  const waiting = Promise.all([bell.wait(bell.count, LONG_MS), bell.wait(bell.count, LONG_MS)]);
  bell.ring();
  await waiting;
});

it('does not let one sleep who looked before it rang', async () => {
  const bell = new WakeUp();
  const seen = bell.count;
  bell.ring();
  await bell.wait(seen, LONG_MS);
});

it('lets one go after the time, and tells nobody twice', async () => {
  const bell = new WakeUp();
  bell.ring();
  const startedAt = performance.now();
  await bell.wait(bell.count, 20);
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(18);
});
