/** Puts a time limit on waiting; what is waited for goes on and its outcome is dropped. */

/** @throws what `tooLate` makes when `work` has not settled after `timeoutMs` */
export async function withinTime<T>(
  work: Promise<T>,
  timeoutMs: number,
  tooLate: () => Error,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(tooLate());
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
