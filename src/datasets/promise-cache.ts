/** Shares one making among the callers who want the same thing at the same time. */

export type PromiseCache<Value> = (key: string, make: () => Promise<Value>) => Promise<Value>;

/**
 * A function that makes the value of a key once. A failure is told to all who wait for it and then
 * forgotten, so that the next call tries again.
 * @param keep whether a value stays for later callers too, or only for those who came while it was made
 */
export function createPromiseCache<Value>(
  keep: 'kept' | 'while-running' = 'kept',
): PromiseCache<Value> {
  const promises = new Map<string, Promise<Value>>();

  async function run(key: string, make: () => Promise<Value>): Promise<Value> {
    try {
      const value = await make();
      if (keep === 'while-running') promises.delete(key);
      return value;
    } catch (error) {
      promises.delete(key);
      throw error;
    }
  }

  return (key, make) => {
    const known = promises.get(key);
    if (known !== undefined) return known;
    const promise = run(key, make);
    promises.set(key, promise);
    return promise;
  };
}
