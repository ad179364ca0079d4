/** Checkpoints by upload: one file as the raw body of a PUT, passed on piece by piece and never held. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AssayError } from '../errors';
import { checkSameOrigin } from './host-check';
import type { HttpLimits } from './http-limits';
import { HttpRefusal } from './http-refusal';
import { linger } from './linger';
import { UPLOAD_PATH } from './paths';
import { boundedBody } from './upload-body';
import { tooManyUploads, uploadTooLarge } from './upload-refusals';
import { exemptFromRequestTimeout } from './upload-timeout';

/** No form and no page of another site can send it without asking first, and it is never told yes. */
const CONTENT_TYPE = 'application/octet-stream';

export interface Upload {
  /** As the client calls it, unchecked. */
  fileName: string;
  /** Ends where the file does; throws where the client stops sending or sends too much. */
  body: AsyncIterable<Uint8Array>;
  /** The other parameters of the address, unchecked. */
  parameters: Readonly<Record<string, unknown>>;
}

export interface UploadAnswer {
  id: string;
  digest: string;
  /** False where the same content was there already. */
  created: boolean;
}

export type ReceiveUpload = (upload: Upload) => Promise<UploadAnswer>;

export function registerUploadRoute(
  fastify: FastifyInstance,
  receive: ReceiveUpload,
  limits: HttpLimits,
): void {
  const setExempt = exemptFromRequestTimeout(fastify.server);
  let running = 0;
  // A scope of its own: elsewhere bodies stay JSON.
  void fastify.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    // Every type: the handler says what is wrong with one in words that fit this address.
    scope.addContentTypeParser('*', (_request, _payload, parsed) => {
      parsed(null);
    });
    scope.put(UPLOAD_PATH, async (request, reply) => {
      let counted = 0;
      setExempt(request.raw.socket, true);
      try {
        checkSameOrigin(request);
        checkHeaders(request, limits);
        if (running >= limits.uploads) throw tooManyUploads(limits.uploads);
        running += counted = 1;
        const answer = await receive(uploadOf(request, limits));
        return await reply.code(answer.created ? 201 : 200).send(answer);
      } catch (error) {
        linger(request);
        throw withStatus(error, request);
      } finally {
        setExempt(request.raw.socket, false);
        running -= counted;
      }
    });
    done();
  });
}

function uploadOf(request: FastifyRequest, limits: HttpLimits): Upload {
  const { filename, ...parameters } = request.query as Record<string, unknown>;
  if (typeof filename !== 'string' || filename === '') {
    throw new HttpRefusal(
      400,
      'UPLOAD_NAME_MISSING',
      `Say what the file is called: PUT ${UPLOAD_PATH}?filename=model.onnx.`,
    );
  }
  return { fileName: filename, body: boundedBody(request.raw, limits), parameters };
}

/** Before a byte of the body is read. */
function checkHeaders(request: FastifyRequest, { uploadBytes }: HttpLimits): void {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== CONTENT_TYPE) {
    throw new HttpRefusal(
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      `Send the file itself as the body, with the header content-type: ${CONTENT_TYPE}.`,
    );
  }
  if (request.headers['content-encoding'] !== undefined) {
    throw new HttpRefusal(
      415,
      'UNSUPPORTED_ENCODING',
      'Send the file as it is, without content-encoding.',
    );
  }
  if (Number(request.headers['content-length'] ?? 0) > uploadBytes) {
    throw uploadTooLarge(uploadBytes);
  }
}

/** What the service finds wrong with the file is the caller's matter (422), what fails here is ours (500). */
function withStatus(error: unknown, { log }: FastifyRequest): unknown {
  if (error instanceof HttpRefusal || !(error instanceof AssayError)) return error;
  const { code, message, details, kind } = error;
  if (kind === 'user') return new HttpRefusal(422, code, message, details);
  // The answer keeps its cause to itself: the disk that is full, the folder that is not ours.
  log.error({ err: error }, 'an upload failed');
  return error;
}
