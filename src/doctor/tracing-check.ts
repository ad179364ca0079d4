/** Where traces go, and whether somebody takes them there. */
import { readTracingSettings, receiverOf } from '../telemetry/tracing-settings';
import { tryReceiver } from '../telemetry/try-receiver';
import { type Answer, ok, skipped, warning } from './finding';

/** Never a failure: a receiver that is away keeps no run from its end. */
export async function checkTracing(env: NodeJS.ProcessEnv = process.env): Promise<Answer> {
  const settings = readTracingSettings(env);
  const { state, problems, sampler } = settings;
  if (state === 'off') return skipped('off; OTEL_EXPORTER_OTLP_ENDPOINT names a receiver');
  if (state === 'refused') return warning(`traces are not sent: ${problems.join('; ')}`);
  const receiver = receiverOf(env);
  const obstacle = await tryReceiver();
  if (obstacle !== undefined) {
    return warning(
      `${receiver} takes no traces (${obstacle}); check OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_HEADERS`,
    );
  }
  if (problems.length > 0) return warning(`to ${receiver}, but ${problems.join('; ')}`);
  return ok(`to ${receiver}, ${sampler}`);
}
