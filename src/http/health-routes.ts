/** Whether the process lives, and whether it can serve: for probes, load balancers and scripts. */
import type { FastifyInstance } from 'fastify';
import { OperationalError } from '../errors';
import { HEALTH_PATHS } from './paths';
import { withinTime } from './within-time';

const NOT_READY = {
  status: 'unavailable',
  code: 'NOT_READY',
  message: 'The service is up, but its database does not answer. The log says more.',
};

export function registerHealthRoutes(
  fastify: FastifyInstance,
  checkReadiness: () => Promise<void>,
  timeoutMs: number,
): void {
  const check = sharedWhileRunning(() =>
    withinTime(
      checkReadiness(),
      timeoutMs,
      () => new OperationalError('NOT_READY', `The readiness check took over ${timeoutMs} ms.`),
    ),
  );
  fastify.get(HEALTH_PATHS.live, () => ({ status: 'ok' }));
  fastify.get(HEALTH_PATHS.ready, async (request, reply) => {
    try {
      await check();
      return { status: 'ok' };
    } catch (err) {
      // The driver's message may name hosts and users: it is for the log only.
      request.log.warn({ err }, 'not ready');
      return reply.code(503).send(NOT_READY);
    }
  });
}

/** Nothing is cached, but a flood of probes makes one check at a time. */
function sharedWhileRunning(check: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= check().finally(() => {
      running = undefined;
    });
    return running;
  };
}
