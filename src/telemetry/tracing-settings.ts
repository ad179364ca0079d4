/** What OpenTelemetry's own variables ask for; https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ */

export const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

export interface TracingSettings {
  /** 'refused': a receiver is named, and cannot be served as the variables say. */
  state: 'on' | 'off' | 'refused';
  /** A sentence each, with what to do. */
  problems: string[];
  sampler: (typeof SAMPLERS)[number];
  /** The share of traces that is kept, where the sampler takes one. */
  ratio: number;
  /** For an export with its repetitions, in milliseconds. */
  timeoutMs: number;
}

const DEFAULT_SAMPLER = 'parentbased_always_on';
/** Less than the standard's 10 s: a process that ends waits for its last export. */
const DEFAULT_TIMEOUT_MS = 3_000;
const ONLY_PROTOCOL = 'http/json';

export function readTracingSettings(env: NodeJS.ProcessEnv): TracingSettings {
  const problems: string[] = [];
  const settings = {
    problems,
    sampler: samplerOf(env, problems),
    ratio: ratioOf(env, problems),
    timeoutMs: timeoutOf(env, problems),
  };
  if (!isAskedFor(env)) return { ...settings, problems: [], state: 'off' };
  const obstacle = obstacleOf(env);
  if (obstacle === undefined) return { ...settings, state: 'on' };
  return { ...settings, problems: [obstacle], state: 'refused' };
}

/** Where traces go, for a person: without user, password and query. */
export function receiverOf(env: NodeJS.ProcessEnv): string {
  const { protocol, host, pathname } = new URL(endpointOf(env) ?? '');
  return `${protocol}//${host}${pathname}`;
}

function isAskedFor(env: NodeJS.ProcessEnv): boolean {
  if (env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true') return false;
  if (env['OTEL_TRACES_EXPORTER']?.trim() === 'none') return false;
  return endpointOf(env) !== undefined;
}

function endpointOf(env: NodeJS.ProcessEnv): string | undefined {
  const own = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']?.trim();
  if (own) return own;
  const base = env['OTEL_EXPORTER_OTLP_ENDPOINT']?.trim();
  return base ? `${base.replace(/\/$/, '')}/v1/traces` : undefined;
}

function obstacleOf(env: NodeJS.ProcessEnv): string | undefined {
  const exporter = env['OTEL_TRACES_EXPORTER']?.trim();
  if (exporter && exporter !== 'otlp') {
    return 'the only exporter is otlp; set OTEL_TRACES_EXPORTER to it, or to none';
  }
  const protocol = (
    env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] ?? env['OTEL_EXPORTER_OTLP_PROTOCOL']
  )?.trim();
  if (protocol && protocol !== ONLY_PROTOCOL) {
    return `they are sent as ${ONLY_PROTOCOL} only; set OTEL_EXPORTER_OTLP_TRACES_PROTOCOL to it, and the endpoint to the receiver's HTTP port (mostly 4318)`;
  }
  const endpoint = endpointOf(env) ?? '';
  const isHttp = URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol);
  return isHttp
    ? undefined
    : 'OTEL_EXPORTER_OTLP_ENDPOINT must be an address such as http://localhost:4318';
}

function samplerOf(env: NodeJS.ProcessEnv, problems: string[]): TracingSettings['sampler'] {
  const named = env['OTEL_TRACES_SAMPLER']?.trim();
  if (!named) return DEFAULT_SAMPLER;
  const known = SAMPLERS.find((sampler) => sampler === named);
  if (known === undefined) {
    problems.push(`OTEL_TRACES_SAMPLER is none of ${SAMPLERS.join(', ')}; all are kept`);
  }
  return known ?? DEFAULT_SAMPLER;
}

function ratioOf(env: NodeJS.ProcessEnv, problems: string[]): number {
  const text = env['OTEL_TRACES_SAMPLER_ARG']?.trim();
  if (!text) return 1;
  const ratio = Number(text);
  if (ratio >= 0 && ratio <= 1) return ratio;
  problems.push('OTEL_TRACES_SAMPLER_ARG must be a number of 0 to 1; all are kept');
  return 1;
}

function timeoutOf(env: NodeJS.ProcessEnv, problems: string[]): number {
  const text = (
    env['OTEL_EXPORTER_OTLP_TRACES_TIMEOUT'] ?? env['OTEL_EXPORTER_OTLP_TIMEOUT']
  )?.trim();
  if (!text) return DEFAULT_TIMEOUT_MS;
  const ms = Number(text);
  if (Number.isInteger(ms) && ms > 0) return ms;
  problems.push(
    `OTEL_EXPORTER_OTLP_TIMEOUT must be a whole number of milliseconds; ${DEFAULT_TIMEOUT_MS} are taken`,
  );
  return DEFAULT_TIMEOUT_MS;
}
