/** What the edge tells of each request: how long it took, and the address of Prometheus where all of it is read. */
import type { FastifyInstance } from 'fastify';
import type { ServiceMetrics } from '../telemetry/service-metrics';
import { METRICS_PATH } from './paths';

/** Whatever else a client calls its method is one label. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** The route's own pattern is the label, never the address that was asked for. */
export function registerHttpMetrics(fastify: FastifyInstance, metrics: ServiceMetrics): void {
  fastify.addHook('onResponse', ({ method, routeOptions }, reply, done) => {
    metrics.httpAnswered(
      METHODS.has(method) ? method : 'other',
      routeOptions.url ?? 'none',
      reply.statusCode,
      reply.elapsedTime / 1000,
    );
    done();
  });
}

export function registerMetricsRoute(fastify: FastifyInstance, metrics: ServiceMetrics): void {
  fastify.get(METRICS_PATH, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
}
