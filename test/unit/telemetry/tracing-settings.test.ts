/** What the standard variables of OpenTelemetry ask for, and what is said of those that can't be followed. */
import { createTracing } from '../../../src/telemetry/create-tracing';
import { NO_TRACING } from '../../../src/telemetry/tracing';
import { readTracingSettings, receiverOf } from '../../../src/telemetry/tracing-settings';

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' };

it.each([
  [{}, 'off'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }, 'off'],
  [{ ...ENDPOINT, OTEL_SDK_DISABLED: 'TRUE' }, 'off'],
  [{ ...ENDPOINT, OTEL_TRACES_EXPORTER: 'none' }, 'off'],
  [{ OTEL_TRACES_SAMPLER: 'nonsense' }, 'off'],
  [ENDPOINT, 'on'],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://host/otlp/v1/traces' }, 'on'],
  [{ ...ENDPOINT, OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, 'on'],
  [{ ...ENDPOINT, OTEL_TRACES_EXPORTER: 'zipkin' }, 'refused'],
  [{ ...ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'refused'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' }, 'refused'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'nonsense' }, 'refused'],
])('%j is %s', (env: NodeJS.ProcessEnv, state) => {
  const settings = readTracingSettings(env);
  expect(settings.state).toBe(state);
  expect(settings.problems).toHaveLength(state === 'refused' ? 1 : 0);
});

it('keeps what it can follow and names the rest', () => {
  const kept = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' };
  expect(readTracingSettings({ ...ENDPOINT, ...kept, OTEL_EXPORTER_OTLP_TIMEOUT: '500' })).toEqual({
    state: 'on',
    problems: [],
    sampler: 'traceidratio',
    ratio: 0.25,
    timeoutMs: 500,
  });
  const wrong = {
    OTEL_TRACES_SAMPLER: 'jaeger_remote',
    OTEL_TRACES_SAMPLER_ARG: '2',
    OTEL_EXPORTER_OTLP_TIMEOUT: '-1',
  };
  const settings = readTracingSettings({ ...ENDPOINT, ...wrong });
  expect(settings).toMatchObject({ state: 'on', sampler: 'parentbased_always_on', ratio: 1 });
  for (const name of Object.keys(wrong)) expect(settings.problems.join()).toContain(name);
});

it('shows the receiver without what is secret in its address', () => {
  const address = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://user:word@host:4318/base/' };
  expect(receiverOf(address)).toBe('https://host:4318/base/v1/traces');
});

it('is off without a word where it is not asked for, and with one where it is refused', () => {
  const warned: unknown[] = [];
  const log = { warn: (line: unknown) => warned.push(line) };
  expect(createTracing({}, '1.0.0', log)).toBe(NO_TRACING);
  expect(warned).toEqual([]);
  const refused = { ...ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
  expect(createTracing(refused, '1.0.0', log)).toBe(NO_TRACING);
  expect(warned).toEqual([expect.stringContaining('http/json')]);
});
