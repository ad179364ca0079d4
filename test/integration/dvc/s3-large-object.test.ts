import { push } from '../../../src/dvc/push';
import { failureOf, writeFiles } from './dvc-project';
import { hashesOf, OPTIONS, served } from './s3-project';
import type { S3Server } from './s3-server';

describe('a large object', () => {
  const LARGE = { 'big.bin': Buffer.alloc(40_000_000, 'some pattern of 29 characters') };
  const partNumbers = ({ requests }: S3Server) =>
    requests.flatMap((line) => /^PUT .*partNumber=(\d+)/.exec(line)?.[1] ?? []);

  it('is sent by parts, of which a later try sends what is missing', async () => {
    let faults = 0;
    const { options, set, objects, server } = await served(
      {
        intercept: (request, response) => {
          if (!request.url?.includes('partNumber=2') || faults++ > 0) return false;
          response.destroy();
          return true;
        },
      },
      OPTIONS,
      LARGE,
    );
    const wanted = hashesOf(objects);
    await writeFiles(set, Object.entries(LARGE));
    objects.clear();
    expect(await push(options)).toMatchObject([{ sent: 2 }]);
    expect(hashesOf(objects)).toEqual(wanted);
    expect(partNumbers(server)).toEqual(['1', '2', '2', '3']);
    expect(server.open.size).toBe(0);
  });

  it('leaves no parts behind where it is given up', async () => {
    const { options, set, objects, server } = await served(
      {
        intercept: (request, response) => {
          if (!request.url?.includes('partNumber=3')) return false;
          response.writeHead(500).end();
          return true;
        },
      },
      OPTIONS,
      LARGE,
    );
    await writeFiles(set, Object.entries(LARGE));
    objects.clear();
    expect(await failureOf(push(options))).toMatchObject({ code: 'DVC_TRANSFER_FAILED' });
    expect([objects.size, server.open.size]).toEqual([0, 0]);
    expect(partNumbers(server)).toEqual(['1', '2', '3', '3', '3']);
  });

  it('is begun anew where the bucket forgot it, and where putting together failed', async () => {
    let step = 0;
    const { options, set, objects, server } = await served(
      {
        intercept: (request, response) => {
          const { method, url = '' } = request;
          if (url.includes('partNumber=2') && step === 0) {
            step++;
            server.open.clear();
          } else if (method === 'POST' && url.includes('uploadId') && step === 1) {
            step++;
            // S3 may say so after its 200.
            response.end('<Error><Code>InternalError</Code></Error>');
            return true;
          }
          return false;
        },
      },
      OPTIONS,
      LARGE,
    );
    const wanted = hashesOf(objects);
    await writeFiles(set, Object.entries(LARGE));
    objects.clear();
    await push(options);
    expect(hashesOf(objects)).toEqual(wanted);
    expect(partNumbers(server)).toEqual(['1', '2', '1', '2', '3']);
    expect(server.open.size).toBe(0);
  });
});
