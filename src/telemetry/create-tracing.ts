/** Spans for OpenTelemetry. Off unless the environment names a receiver: then nothing of it is loaded. */
import type { Logger } from 'pino';
import { NO_TRACING, type Tracing } from './tracing';
import { readTracingSettings } from './tracing-settings';

/**
 * As the standard variables OTEL_… say. A setting that can't be followed is warned of and leaves tracing off: it
 * must not keep the service from its work.
 *
 * @param version of Assay
 */
export function createTracing(
  env: NodeJS.ProcessEnv,
  version: string,
  log: Pick<Logger, 'warn'>,
): Tracing {
  const settings = readTracingSettings(env);
  for (const problem of settings.problems) log.warn(`traces: ${problem}`);
  if (settings.state !== 'on') return NO_TRACING;
  // Some 200 modules, for those who want them. By require, as the commands are.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { startOpenTelemetry } = require('./open-telemetry') as typeof import('./open-telemetry');
  return startOpenTelemetry(settings, version, log);
}
