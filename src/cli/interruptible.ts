/** Ctrl-C, SIGTERM and a closed terminal as an AbortSignal: the first asks for an orderly end, the second ends at once. */

const EXIT_INTERRUPTED = 130;
/** npm hands the terminal's Ctrl-C on to a process that already has it: so soon after, it is the same one. */
const SAME_CTRL_C_MS = 500;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interruption {
  signal: AbortSignal;
  /** Gives the signals back to their defaults. */
  end(): void;
}

export function interruptible(): Interruption {
  const controller = new AbortController();
  let firstAt: number | undefined;
  const interrupt = () => {
    firstAt ??= performance.now();
    controller.abort();
    if (performance.now() - firstAt > SAME_CTRL_C_MS) process.exit(EXIT_INTERRUPTED);
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  return {
    signal: controller.signal,
    end: () => {
      for (const signal of SIGNALS) process.off(signal, interrupt);
    },
  };
}

/** For short work that starts a server: the first Ctrl-C waits for its end, or the server would be left behind. */
export async function unbroken<T>(work: () => Promise<T>): Promise<T> {
  const interruption = interruptible();
  try {
    return await work();
  } finally {
    interruption.end();
  }
}
