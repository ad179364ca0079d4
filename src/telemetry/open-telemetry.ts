/** The spans of `tracing.ts`, made by OpenTelemetry's SDK and sent as OTLP over HTTP. Loaded only where that is asked for. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { parseTraceParent, setGlobalErrorHandler } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import { errorType } from '../errors';
import { NO_SPAN, type OpenSpan, type SpanOptions, type Tracing } from './tracing';
import type { TracingSettings } from './tracing-settings';

/** A receiver that is away for long is told of now and then, not at each export. */
const COMPLAINT_MS = 60_000;

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

export function startOpenTelemetry(
  settings: TracingSettings,
  version: string,
  log: Pick<Logger, 'warn'>,
): Tracing {
  setGlobalErrorHandler(complaining(log));
  const provider = new TracerProvider({
    // The environment's own attributes go before ours.
    resource: resourceFromAttributes({
      'service.name': 'assay',
      'service.version': version,
      'process.pid': process.pid,
    }).merge(detectResources({ detectors: [envDetector] })),
    sampler: samplerOf(settings),
    spanProcessors: [new BatchSpanProcessor({ exporter: createExporter(settings.timeoutMs) })],
  });
  const tracer = provider.getTracer('assay', version);
  const running = new AsyncLocalStorage<RealSpan>();

  function open({ name, kind = 'internal', attributes, ...options }: SpanOptions): RealSpan {
    const context = 'parent' in options ? remote(options.parent) : running.getStore()?.context;
    const span = tracer.startSpan(
      name,
      { kind: KINDS[kind], ...(attributes && { attributes }) },
      context ?? ROOT_CONTEXT,
    );
    return new RealSpan(span);
  }

  return {
    open,
    async span(options, work) {
      const span = open(options);
      try {
        return await running.run(span, () => work(span));
      } catch (error) {
        span.fail(errorType(error));
        throw error;
      } finally {
        span.end();
      }
    },
    within: (span, work) => (span instanceof RealSpan ? running.run(span, work) : work()),
    active: () => running.getStore() ?? NO_SPAN,
    traceparent: () => running.getStore()?.traceparent(),
    stop: () => provider.shutdown().catch(() => undefined),
  };
}

/** By the standard's variables for address, headers, compression and certificates. */
export function createExporter(timeoutMillis: number): OTLPTraceExporter {
  return new OTLPTraceExporter({ timeoutMillis });
}

class RealSpan implements OpenSpan {
  readonly context;

  constructor(private readonly span: Span) {
    this.context = trace.setSpan(ROOT_CONTEXT, span);
  }

  rename(name: string): void {
    this.span.updateName(name);
  }

  set(attributes: Record<string, string | number | boolean>): void {
    this.span.setAttributes(attributes);
  }

  fail(type: string): void {
    this.span.setAttribute('error.type', type);
    this.span.setStatus({ code: SpanStatusCode.ERROR });
  }

  end(): void {
    this.span.end();
  }

  traceparent(): string {
    const { traceId, spanId, traceFlags } = this.span.spanContext();
    return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
  }
}

function remote(traceparent: string | null | undefined) {
  const found = parseTraceParent(traceparent ?? '');
  return found ? trace.setSpanContext(ROOT_CONTEXT, { ...found, isRemote: true }) : ROOT_CONTEXT;
}

function samplerOf({ sampler, ratio }: TracingSettings): Sampler {
  const root = sampler.endsWith('on')
    ? new AlwaysOnSampler()
    : sampler.endsWith('off')
      ? new AlwaysOffSampler()
      : new TraceIdRatioBasedSampler(ratio);
  return sampler.startsWith('parentbased') ? new ParentBasedSampler({ root }) : root;
}

/** The message may name the receiver, with what is secret in its address: it is left out. */
function complaining(log: Pick<Logger, 'warn'>) {
  let toldAt = -Infinity;
  return (error: unknown): void => {
    if (performance.now() - toldAt < COMPLAINT_MS) return;
    toldAt = performance.now();
    log.warn(
      { code: errorType(error) },
      'traces could not be delivered and are lost; "assay doctor" tries the receiver',
    );
  };
}
