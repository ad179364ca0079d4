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
  // Loaded here, where tracing is on.
  /* eslint-disable @typescript-eslint/no-require-imports */
  const { ExportResultCode } =
    require('@opentelemetry/core') as typeof import('@opentelemetry/core');
  const { createExporter } = require('./open-telemetry') as typeof import('./open-telemetry');
  /* eslint-enable @typescript-eslint/no-require-imports */
  const exporter = createExporter(TIMEOUT_MS);
  try {
    return await new Promise((resolve) => {
      exporter.export([], ({ error, code }) => {
        resolve(code === ExportResultCode.SUCCESS ? undefined : nameOf(error));
      });
    });
  } finally {
    await exporter.shutdown();
  }
}

function nameOf(error: Error | undefined): string {
  return error ? errorType(error) : 'no answer';
}
