/** A span for each request, as a part of the caller's trace where there is one. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { NO_SPAN, type OpenSpan, type Tracing } from '../telemetry/tracing';
import { methodOf, routeOf } from './http-metrics';
import { isProbe } from './paths';

const SERVER_ERROR = 500;

/** @returns the span of a request; none of probes, and none of WebSockets, whose operations have their own */
export function registerRequestTracing(
  fastify: FastifyInstance,
  tracing: Tracing,
): (request: FastifyRequest) => OpenSpan {
  const spans = new WeakMap<FastifyRequest, OpenSpan>();
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (!isProbe(request.url) && request.headers.upgrade === undefined) {
      spans.set(request, tracing.open(spanOptions(request)));
    }
    done();
  });
  fastify.addHook('onResponse', (request, { statusCode }, done) => {
    const span = spans.get(request);
    span?.set({ 'http.response.status_code': statusCode });
    if (statusCode >= SERVER_ERROR) span?.fail(String(statusCode));
    span?.end();
    done();
  });
  return (request) => spans.get(request) ?? NO_SPAN;
}

/** The header, for what follows from a request in another process or another way. */
export function traceparentOf({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const given = headers['traceparent'];
  return typeof given === 'string' ? given : undefined;
}

function spanOptions(request: FastifyRequest) {
  const [method, route] = [methodOf(request), routeOf(request)];
  return {
    name: `${method} ${route}`,
    kind: 'server' as const,
    parent: traceparentOf(request),
    attributes: {
      'http.request.method': method,
      'http.route': route,
      'assay.request.id': request.id,
    },
  };
}
