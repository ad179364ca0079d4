/** What probes and scrapers ask of every process of ours. */
import type { FastifyInstance } from 'fastify';
import type { ServiceMetrics } from '../telemetry/service-metrics';
import { registerHealthRoutes } from './health-routes';
import type { HttpLimits } from './http-limits';
import { registerMetricsRoute } from './http-metrics';

export interface Probes {
  /** Rejects where the process can't do its work now. */
  checkReadiness: () => Promise<void>;
  /** Without it there is no /metrics. */
  metrics?: ServiceMetrics;
}

export function registerProbeRoutes(
  fastify: FastifyInstance,
  { checkReadiness, metrics }: Probes,
  { readinessTimeoutMs }: Pick<HttpLimits, 'readinessTimeoutMs'>,
): void {
  registerHealthRoutes(fastify, checkReadiness, readinessTimeoutMs);
  if (metrics) registerMetricsRoute(fastify, metrics);
}
