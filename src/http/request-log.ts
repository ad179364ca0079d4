/** One line a request: id, method, path, status, time, and the id of its token. No query text, no variables, no headers. */
import type { FastifyInstance } from 'fastify';
import { isProbe } from './paths';
import type { RequestAccess } from './request-access';

/** A path is the caller's to choose. */
const MAX_PATH_LENGTH = 200;

export function registerRequestLog(fastify: FastifyInstance, access: RequestAccess): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const path = pathOf(request.url);
    const tokenId = access.tokenIdOf(request);
    const line = {
      method: request.method,
      path: path.slice(0, MAX_PATH_LENGTH),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      ...(tokenId !== undefined && { tokenId }),
    };
    if (isProbe(path) && reply.statusCode < 400) request.log.debug(line, 'request');
    else request.log.info(line, 'request');
    done();
  });
}

/** Without the query string: GET parameters may hold what logs must not. */
function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}
