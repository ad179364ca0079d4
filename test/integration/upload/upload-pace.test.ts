/** Slow uploads: an upload may take any time, but not stand still; all other requests keep their limit. */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Upload } from '../../../src/http/upload-route';
import { type Edge, startEdge } from '../http/edge';
import { beginUpload, lastWords, upload, uploadPieces } from './upload-client';

const LIMITS = { headersTimeoutMs: 200, requestTimeoutMs: 300, uploadIdleMs: 500, uploads: 2 };

let edge: Edge;
let received: number[];

beforeEach(async () => {
  received = [];
  edge = await startEdge(LIMITS, { receiveUpload: count });
});

afterEach(() => edge.server.close());

async function count({ body }: Upload) {
  let bytes = 0;
  for await (const chunk of body) bytes += chunk.byteLength;
  received.push(bytes);
  return { id: 'an id', digest: 'a digest', created: true };
}

describe('an upload', () => {
  it('may take longer than a request as long as it goes on', async () => {
    const started = performance.now();
    const pieces = Array.from({ length: 10 }, () => Buffer.alloc(20_000));
    const answer = await uploadPieces(edge.port, '?filename=x.onnx', pieces, 150);
    expect(answer).toMatchObject({ status: 201, id: 'an id' });
    expect(received).toEqual([200_000]);
    expect(performance.now() - started).toBeGreaterThan(4 * LIMITS.requestTimeoutMs);
  });

  it('that stands still is told so and cut off', async () => {
    const socket = beginUpload(edge.port, '?filename=x.onnx', 100_000, Buffer.alloc(20_000));
    const words = await lastWords(socket);
    expect(words).toMatch(/^HTTP\/1\.1 408 /);
    expect(words).toContain('UPLOAD_IDLE');
    expect(received).toEqual([]);
  });

  it('that drips is as good as one that stands still', async () => {
    const socket = beginUpload(edge.port, '?filename=x.onnx', 100_000, Buffer.alloc(1));
    const drip = setInterval(() => socket.write('x'), 50);
    const words = await lastWords(socket);
    clearInterval(drip);
    expect(words).toContain('UPLOAD_IDLE');
  });

  it('waits for its turn where too many are under way, and gets it when one has ended', async () => {
    const open = [1, 2].map(() =>
      beginUpload(edge.port, '?filename=x.onnx', 100_000, Buffer.alloc(20_000)),
    );
    await sleep(100);
    const refused = await upload(edge.port, '?filename=x.onnx', Buffer.alloc(9));
    expect(refused).toMatchObject({ status: 503, code: 'TOO_MANY_UPLOADS' });
    for (const socket of open) socket.destroy();
    await sleep(100);
    expect(await upload(edge.port, '?filename=x.onnx', Buffer.alloc(9))).toMatchObject({
      status: 201,
    });
  });

  it('that is cut off is no error of ours', async () => {
    const socket = beginUpload(edge.port, '?filename=x.onnx', 100_000, Buffer.alloc(20_000));
    await sleep(100);
    socket.destroy();
    await sleep(100);
    expect(JSON.stringify(edge.logLines)).not.toContain('internal error');
  });

  it('ends with the server, which does not wait for it for ever', async () => {
    await edge.server.close();
    edge = await startEdge(
      { ...LIMITS, uploadIdleMs: 60_000, closeTimeoutMs: 200 },
      { receiveUpload: count },
    );
    const socket = beginUpload(edge.port, '?filename=x.onnx', 100_000, Buffer.alloc(20_000));
    await sleep(100);
    const closed = lastWords(socket);
    await edge.server.close();
    await closed;
    expect(received).toEqual([]);
  });
});

it('another request on a connection that uploaded has its limit again', async () => {
  const socket = beginUpload(edge.port, '?filename=x.onnx', 40_000, Buffer.alloc(20_000));
  // Longer than the limit, so that the exemption has been made use of.
  await sleep(LIMITS.requestTimeoutMs * 1.5);
  const answered = new Promise((resolve) => socket.once('data', resolve));
  socket.write(Buffer.alloc(20_000));
  await answered;
  expect(received).toEqual([40_000]);
  socket.write('POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n');
  socket.write('Content-Length: 100\r\n\r\n{');
  expect(await lastWords(socket)).toMatch(/^HTTP\/1\.1 408 /);
});

it('a request for GraphQL has its limit beside uploads', async () => {
  const socket = connect(edge.port, '127.0.0.1');
  socket.write('POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n');
  socket.write('Content-Length: 100\r\n\r\n{');
  expect(await lastWords(socket)).toMatch(/^HTTP\/1\.1 408 /);
});
