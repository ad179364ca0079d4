/** Sends nothing to the receiver of traces, to see whether it would take something. */
import { errorType } from '../errors';

/** For a person who waits. */
const TIMEOUT_MS = 2_000;

/**
 * By the standard's variables, as spans are sent.
 *
 * @returns why it does not: a code, without the address, which may hold a secret; undefined where it does
 */
export async function tryReceiver(): Promise<string | undefined> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded where tracing is on
  const { createExporter } = require('./open-telemetry') as typeof import('./open-telemetry');
  const exporter = createExporter(TIMEOUT_MS);
  try {
    return await new Promise((resolve) => {
      exporter.export([], ({ error, code }) => {
        resolve(code === 0 ? undefined : error ? errorType(error) : 'no answer');
      });
    });
  } finally {
    await exporter.shutdown();
  }
}
