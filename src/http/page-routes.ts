/** The page: one document for the addresses of all its rooms, one for the explorer, and the files that they load. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HttpRefusal } from './http-refusal';
import { EXPLORER_PATH, PAGE_ASSETS_PATH, PAGE_PATHS } from './paths';
import type { PageFile, PageFiles } from './page-files';
import { EXPLORER_POLICY, PAGE_POLICY } from './security-headers';

const DOCUMENT = { name: 'index.html', policy: PAGE_POLICY };
const EXPLORER = { name: 'explorer.html', policy: EXPLORER_POLICY };

export function registerPageRoutes(fastify: FastifyInstance, files: PageFiles): void {
  for (const address of PAGE_PATHS) {
    fastify.get(address, (request, reply) => sendDocument(files, DOCUMENT, request, reply));
  }
  fastify.get(EXPLORER_PATH, (request, reply) => sendDocument(files, EXPLORER, request, reply));
  fastify.get<{ Params: { name: string } }>(PAGE_ASSETS_PATH, async (request, reply) => {
    const file = files.get(`assets/${request.params.name}`);
    if (file === undefined) {
      throw new HttpRefusal(
        404,
        'NOT_FOUND',
        'The page has no such file. Reload the page: it may have been built anew.',
      );
    }
    return sendFile(file, request, reply);
  });
}

/**
 * A person who mistyped an address gets the page, which says so and leads on; a program gets the error.
 *
 * @returns undefined where the request is not a person's or the page has not been built
 */
export function documentForPerson(
  files: PageFiles,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> | undefined {
  const wantsPage =
    request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
  if (!wantsPage || files.get(DOCUMENT.name) === undefined) return undefined;
  return sendDocument(files, DOCUMENT, request, reply.code(404));
}

/** @throws HttpRefusal PAGE_NOT_BUILT */
async function sendDocument(
  files: PageFiles,
  { name, policy }: typeof DOCUMENT,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const file = files.get(name);
  if (file === undefined) {
    throw new HttpRefusal(
      404,
      'PAGE_NOT_BUILT',
      'The page has not been built: run "npm run build" and start the service again. GraphQL answers at /graphql.',
    );
  }
  void reply.header('content-security-policy', policy);
  return sendFile(file, request, reply);
}

async function sendFile(
  file: PageFile,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const compressed = file.isCompressed && acceptsGzip(request.headers['accept-encoding']);
  if (file.isCompressed) void reply.header('vary', 'accept-encoding');
  if (compressed) void reply.header('content-encoding', 'gzip');
  if (file.isImmutable) {
    void reply.header('cache-control', 'public, max-age=31536000, immutable');
  }
  return reply.type(file.type).send(await file.read(compressed));
}

function acceptsGzip(header: string | string[] | undefined): boolean {
  return [header ?? []]
    .flat()
    .flatMap((value) => value.split(','))
    .some((coding) => /^\s*(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(coding));
}
