/** Ctrl-C and SIGTERM as an AbortSignal: the first asks for an orderly end, the second ends at once. */

const EXIT_INTERRUPTED = 130;

export interface Interruption {
  signal: AbortSignal;
  /** Gives the signals back to their defaults. */
  end(): void;
}

export function interruptible(): Interruption {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(EXIT_INTERRUPTED);
    controller.abort();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  return {
    signal: controller.signal,
    end: () => {
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    },
  };
}
