import { closable } from '../../../src/evaluations/closable';

const ticks = (left: AbortSignal) =>
  (async function* () {
    yield 1;
    await new Promise((resolve) => {
      left.addEventListener('abort', resolve);
    });
  })();

test('values come through until the reader leaves', async () => {
  const seen: number[] = [];
  for await (const value of closable(ticks)) {
    seen.push(value);
    break;
  }
  expect(seen).toEqual([1]);
});

test('leaving ends a wait that would never end by itself, and the pending read with it', async () => {
  const iterator = closable(ticks);
  await iterator.next();
  const pending = iterator.next();
  await iterator.return?.();
  await expect(pending).resolves.toEqual({ done: true, value: undefined });
});
