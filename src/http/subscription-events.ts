/** Subscribes like graphql-js does, but gives each event a context of its own. */
import {
  createSourceEventStream,
  execute,
  type ExecutionArgs,
  type ExecutionResult,
} from 'graphql';

/**
 * graphql-js executes all events of a subscription in the context made at its start: a loader in it
 * would answer the last event with what it read for the first.
 *
 * @returns the events' results, or the errors for which the subscription could not start. Closing the
 *   results closes the source at once, even while it waits for an event (an async generator function
 *   would hold the close back until the next event came).
 */
export async function subscribeWithFreshContext(
  args: ExecutionArgs,
  createContext: () => unknown,
): Promise<AsyncIterableIterator<ExecutionResult, void, void> | ExecutionResult> {
  const stream = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in stream)) return stream;
  const source = stream[Symbol.asyncIterator]();

  const close = async (): Promise<IteratorReturnResult<undefined>> => {
    await source.return?.();
    return { done: true, value: undefined };
  };

  const results: AsyncIterableIterator<ExecutionResult, void, void> = {
    async next() {
      try {
        const event = await source.next();
        if (event.done === true) return { done: true, value: undefined };
        const contextValue = await createContext();
        const value = await execute({ ...args, rootValue: event.value, contextValue });
        return { done: false, value };
      } catch (error) {
        await close();
        throw error;
      }
    },
    return: close,
    async throw(error) {
      await close();
      throw error;
    },
    [Symbol.asyncIterator]: () => results,
  };
  return results;
}
