/** Answers outside of GraphQL's own execution take the same shape: `{ "errors": [{ message, extensions }] }`. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { formatGraphQLError } from '../graphql/error-format';
import type { HttpLimits } from './http-limits';
import { HttpRefusal } from './http-refusal';
import type { PageFiles } from './page-files';
import { documentForPerson } from './page-routes';
import { setSecurityHeaders } from './security-headers';

export function registerErrorAnswers(
  fastify: FastifyInstance,
  limits: HttpLimits,
  page: PageFiles | undefined,
): void {
  fastify.setErrorHandler<FastifyError>((error, request, reply) =>
    answerError(named(error, request, limits), request, reply),
  );
  fastify.setNotFoundHandler((request, reply) => {
    const document = page && documentForPerson(page, request, reply);
    if (document !== undefined) return document;
    const refusal = new HttpRefusal(
      404,
      'NOT_FOUND',
      'There is nothing at this address. The page is at /, GraphQL at /graphql, health at /health/live and /health/ready.',
    );
    return answerError(refusal, request, reply);
  });
}

/** For requests that fail before routing, where no hook has run. */
export function answerFrameworkError(
  _error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  setSecurityHeaders(request, reply);
  void answerError(
    new HttpRefusal(400, 'BAD_REQUEST', 'The address of the request is malformed.'),
    request,
    reply,
  );
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const status = error instanceof HttpRefusal ? error.statusCode : 500;
  return reply.code(status).send({ errors: [formatGraphQLError(error, request.log)] });
}

/** Fastify's own refusals under our codes; its messages are for developers of Fastify servers. */
function named(error: FastifyError, request: FastifyRequest, limits: HttpLimits): unknown {
  if (error instanceof HttpRefusal) return error;
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return tooLarge(request, limits.bodyBytes);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new HttpRefusal(
        415,
        'UNSUPPORTED_MEDIA_TYPE',
        'Send the request as JSON, with the header content-type: application/json.',
      );
  }
  const isMalformed = error.statusCode === 400;
  return isMalformed
    ? new HttpRefusal(
        400,
        'BAD_REQUEST',
        'The request is malformed: its body must be one whole JSON object.',
      )
    : error;
}

function tooLarge(request: FastifyRequest, max: number): HttpRefusal {
  const announced = Number(request.headers['content-length']);
  // A chunked body is cut off at the limit, so its length is never known.
  const found = Number.isSafeInteger(announced) && announced > max ? announced : max + 1;
  return new HttpRefusal(
    413,
    'REQUEST_TOO_LARGE',
    `The body of the request is too large: at most ${max} bytes allowed (bodyBytes), found ${found} or more.`,
    { limit: 'bodyBytes', max, found },
  );
}
