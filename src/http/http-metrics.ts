/** What the edge tells of each request: how long it took, and the address of Prometheus where all of it is read. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ServiceMetrics } from '../telemetry/service-metrics';
import { METRICS_PATH } from './paths';

/** Whatever else a client calls its method is one label. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

export function methodOf({ method }: Pick<FastifyRequest, 'method'>): string {
  return METHODS.has(method) ? method : 'other';
}

/** The route's own pattern, never the address that was asked for. */
export function routeOf({ routeOptions }: Pick<FastifyRequest, 'routeOptions'>): string {
  return routeOptions.url ?? 'none';
}

export function registerHttpMetrics(fastify: FastifyInstance, metrics: ServiceMetrics): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const seconds = reply.elapsedTime / 1000;
    metrics.httpAnswered(methodOf(request), routeOf(request), reply.statusCode, seconds);
    done();
  });
}

export function registerMetricsRoute(fastify: FastifyInstance, metrics: ServiceMetrics): void {
  fastify.get(METRICS_PATH, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
}
