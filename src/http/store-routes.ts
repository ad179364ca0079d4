/** Gives files to workers on other machines: named by their SHA-256, whole or from a byte on. */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AssayError } from '../errors';
import type { HttpLimits } from './http-limits';
import { HttpRefusal } from './http-refusal';
import { STORE_PATHS } from './paths';

export interface StoredBytes {
  sizeBytes: number;
  /** @param from the first byte that is wanted */
  read: (from: number) => Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/** What there is to give; each is undefined where it is not here. */
export interface FileStore {
  /** The list of a checkpoint's files, to be sent as JSON. */
  checkpoint: (digest: string) => Promise<object | undefined>;
  checkpointFile: (digest: string, sha256: string) => Promise<StoredBytes | undefined>;
  split: (digest: string) => Promise<StoredBytes | undefined>;
}

interface Named {
  digest: string;
  sha256: string;
}

const SHA256 = /^[0-9a-f]{64}$/;
/** The only form that those who go on where they were cut off need; any other is answered with the whole. */
const FROM_BYTE = /^bytes=(\d{1,15})-$/;

export function registerStoreRoutes(
  fastify: FastifyInstance,
  store: FileStore,
  limits: Pick<HttpLimits, 'downloads' | 'downloadIdleMs'>,
): void {
  let running = 0;
  const send = async (
    request: FastifyRequest,
    reply: FastifyReply,
    find: () => Promise<StoredBytes | undefined>,
  ): Promise<FastifyReply> => {
    if (running >= limits.downloads) throw tooManyDownloads(limits.downloads);
    running += 1;
    reply.raw.once('close', () => (running -= 1));
    const bytes = (await found(request, find)) ?? notHere();
    // A reader that has stopped reading would hold its place for ever.
    request.raw.socket.setTimeout(limits.downloadIdleMs);
    return sendFrom(bytes, request, reply);
  };
  // Without HEAD: Fastify would read a file to its end for it.
  const options = { exposeHeadRoute: false };
  fastify.get(STORE_PATHS.store, options, () => ({ store: 'assay' }));
  fastify.get<{ Params: Named }>(STORE_PATHS.checkpoint, options, async (request) => {
    const { digest } = named(request.params);
    return (await found(request, () => store.checkpoint(digest))) ?? notHere();
  });
  fastify.get<{ Params: Named }>(STORE_PATHS.checkpointFile, options, (request, reply) => {
    const { digest, sha256 } = named(request.params);
    return send(request, reply, () => store.checkpointFile(digest, sha256));
  });
  fastify.get<{ Params: Named }>(STORE_PATHS.split, options, (request, reply) => {
    const { digest } = named(request.params);
    return send(request, reply, () => store.split(digest));
  });
}

function sendFrom(bytes: StoredBytes, { headers }: FastifyRequest, reply: FastifyReply) {
  const { sizeBytes } = bytes;
  const asked = FROM_BYTE.exec(headers.range ?? '')?.[1];
  const from = Number(asked ?? 0);
  if (asked !== undefined && from >= sizeBytes) {
    void reply.header('content-range', `bytes */${sizeBytes}`);
    throw new HttpRefusal(416, 'RANGE_BEYOND_END', `The file has ${sizeBytes} bytes.`);
  }
  if (asked !== undefined) {
    void reply.code(206).header('content-range', `bytes ${from}-${sizeBytes - 1}/${sizeBytes}`);
  }
  return reply
    .header('accept-ranges', 'bytes')
    .header('content-length', sizeBytes - from)
    .type('application/octet-stream')
    .send(Readable.from(bytes.read(from), { objectMode: false, highWaterMark: 1 }));
}

function named(params: Partial<Named>): Named {
  const { digest = '', sha256 } = params;
  if (!SHA256.test(digest) || (sha256 !== undefined && !SHA256.test(sha256))) return notHere();
  return { digest, sha256: sha256 ?? '' };
}

/** What is wrong with a file that is here passes by itself or is mended here: whoever asks should ask again. */
async function found<T>({ log }: FastifyRequest, find: () => Promise<T>): Promise<T> {
  try {
    return await find();
  } catch (error) {
    if (!(error instanceof AssayError)) throw error;
    log.error({ err: error }, 'a file could not be given to a worker');
    // Its words may name folders of this machine, which are for the log.
    throw new HttpRefusal(
      503,
      error.code,
      'This service can not give the file now; its log says why.',
    );
  }
}

function notHere(): never {
  throw new HttpRefusal(404, 'NOT_IN_STORE', 'This service does not have these bytes.');
}

function tooManyDownloads(max: number): HttpRefusal {
  return new HttpRefusal(
    503,
    'TOO_MANY_DOWNLOADS',
    `${max} downloads are under way (downloads), which is as many as there may be. Try again later.`,
    { limit: 'downloads', max },
  );
}
