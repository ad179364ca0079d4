/** An async generator that ends at once when its reader leaves, even while it waits for its next value. */

/**
 * A plain async generator hears of `return()` only after its pending `next()`, which may wait for long.
 *
 * @param generate ends when its signal aborts
 */
export function closable<T>(
  generate: (left: AbortSignal) => AsyncGenerator<T, void, void>,
): AsyncIterableIterator<T, void, void> {
  const reader = new AbortController();
  const generator = generate(reader.signal);
  const iterator: AsyncIterableIterator<T, void, void> = {
    next: () => generator.next(),
    return: () => {
      reader.abort();
      return generator.return();
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}
