/** Images of samples as PNG: what lies at an address never changes, so browsers may keep it. */
import type { FastifyInstance } from 'fastify';
import { AssayError } from '../errors';
import { HttpRefusal } from './http-refusal';
import { IMAGE_PATH } from './paths';

export interface ImageRequest {
  /** Of the dataset. */
  digest: string;
  split: string;
  index: number;
}

export interface FoundImage {
  /** Names the content. */
  tag: string;
  png(): Promise<Uint8Array>;
}

export type FindImage = (request: ImageRequest) => Promise<FoundImage>;

/** Private: who may see an image is decided by the token of whoever asks. */
const CACHE_CONTROL = 'private, max-age=31536000, immutable';
const DIGEST = /^[0-9a-f]{64}$/;
const FILE_NAME = /^(?<index>\d{1,9})\.png$/;

export function registerImageRoute(fastify: FastifyInstance, find: FindImage): void {
  fastify.get(IMAGE_PATH, async (request, reply) => {
    try {
      const image = await find(imageOf(request.params as ImageParameters));
      const tag = `"${image.tag}"`;
      const isKnown = matches(request.headers['if-none-match'], tag);
      const png = isKnown ? undefined : await image.png();
      void reply.header('etag', tag).header('cache-control', CACHE_CONTROL);
      if (png === undefined) return await reply.code(304).send();
      return await reply.type('image/png').send(png);
    } catch (error) {
      if (error instanceof AssayError && error.kind === 'operational') {
        request.log.error({ err: error }, 'an image could not be read');
      }
      throw withStatus(error);
    }
  });
}

interface ImageParameters {
  digest: string;
  split: string;
  file: string;
}

function imageOf({ digest, split, file }: ImageParameters): ImageRequest {
  const index = FILE_NAME.exec(file)?.groups?.index;
  if (index !== undefined && DIGEST.test(digest) && !split.includes('\0')) {
    return { digest, split, index: Number(index) };
  }
  throw new HttpRefusal(
    404,
    'IMAGE_NOT_FOUND',
    'There is no image at this address. Images are at /datasets/DIGEST/SPLIT/images/INDEX.png, with the ' +
      'SHA-256 of the dataset in lower case; the GraphQL field imageUrl gives whole addresses.',
  );
}

/** @param header If-None-Match: tags with commas between, weak ones too, or a star for any */
function matches(header: string | undefined, tag: string): boolean {
  const tags = (header ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
  return tags.includes(tag) || tags.includes('*');
}

function withStatus(error: unknown): unknown {
  if (error instanceof HttpRefusal || !(error instanceof AssayError)) return error;
  const { code, message, details, kind } = error;
  return new HttpRefusal(kind === 'user' ? 404 : 503, code, message, details);
}
