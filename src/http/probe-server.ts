/** A server of health and metrics alone, for workers. */
import { createEdge, type Edge, type EdgeOptions } from './edge';
import { DEFAULT_SERVICE_LIMITS } from './http-limits';
import { type Probes, registerProbeRoutes } from './probe-routes';

export interface ProbeServer extends Pick<Edge, 'listen'> {
  close: () => Promise<void>;
}

export async function createProbeServer(options: EdgeOptions & Probes): Promise<ProbeServer> {
  const { fastify, listen, shutDown } = await createEdge(options, DEFAULT_SERVICE_LIMITS);
  registerProbeRoutes(fastify, options, DEFAULT_SERVICE_LIMITS);
  await fastify.ready();
  return { listen, close: shutDown };
}
