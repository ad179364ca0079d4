/** Uploads as good and bad clients send them. */
import { request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { send, type GraphQLAnswer } from '../http/edge';

export const OCTETS = { 'content-type': 'application/octet-stream' };

export interface UploadAnswer {
  status: number;
  id: string;
  digest: string;
  created: boolean;
  code: string | undefined;
  text: string;
}

export async function upload(
  port: number,
  query: string,
  body: Buffer,
  headers: Record<string, string> = OCTETS,
): Promise<UploadAnswer> {
  const path = `/checkpoints/upload${query}`;
  return answerOf(await send(port, { method: 'PUT', path, headers, body }));
}

/** Without a content-length, piece by piece. */
export function uploadPieces(
  port: number,
  query: string,
  pieces: readonly Buffer[],
  pauseMs = 0,
): Promise<UploadAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      host: '127.0.0.1',
      port,
      method: 'PUT',
      path: `/checkpoints/upload${query}`,
      headers: OCTETS,
      agent: false,
    });
    request.on('error', reject);
    request.on('response', (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      response.on('end', () => {
        const body = JSON.parse(text) as GraphQLAnswer;
        resolve(answerOf({ ...body, text, status: response.statusCode ?? 0 }));
      });
    });
    void (async () => {
      for (const piece of pieces) {
        if (request.destroyed) return;
        request.write(piece);
        await sleep(pauseMs);
      }
      request.end();
    })();
  });
}

/** Announces `length` bytes and sends what is given; the rest is the caller's to send or to hold back. */
export function beginUpload(port: number, query: string, length: number, first: Buffer): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(
    `PUT /checkpoints/upload${query} HTTP/1.1\r\nHost: localhost\r\n` +
      `Content-Type: application/octet-stream\r\nContent-Length: ${length}\r\n\r\n`,
  );
  socket.write(first);
  return socket;
}

/** What comes back until the server closes the connection. */
export async function lastWords(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (data) => (text += data.toString('utf8')));
  await new Promise((resolve) => socket.once('close', resolve));
  return text;
}

function answerOf({
  status,
  text,
  errors = [],
}: Pick<GraphQLAnswer, 'status' | 'text'> & { errors?: GraphQLAnswer['errors'] }) {
  const body = (text.startsWith('{') ? JSON.parse(text) : {}) as UploadAnswer;
  return { ...body, status, text, code: errors[0]?.extensions.code };
}
