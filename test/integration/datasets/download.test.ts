import { mkdir, utimes, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import path from 'node:path';
import { bytes, failureOf, file, Places, send, wrongBytes } from './file-places';

let places: Places;
beforeEach(async () => {
  places = await Places.create();
});
afterEach(() => places.remove());

describe('a download', () => {
  const failing: [string, RequestListener, RegExp][] = [
    ['that is not found', (_, response) => response.writeHead(404).end('no'), /answered 404/],
    [
      'of other bytes',
      (_, response) => {
        send(response, wrongBytes);
      },
      /have the MD5 [0-9a-f]{32} instead of/,
    ],
    [
      'that announces another size',
      (_, response) => {
        send(response, Buffer.concat([bytes, bytes]));
      },
      /announces 600000 bytes instead of the 300000/,
    ],
    [
      'that sends too much unannounced',
      (_, response) => {
        const timer = setInterval(() => response.write(bytes), 5);
        response.on('close', () => {
          clearInterval(timer);
        });
      },
      /sends more than the 300000 bytes/,
    ],
    [
      'that ends early unannounced',
      (_, response) => response.writeHead(200).end(bytes.subarray(0, 5000)),
      /sent 5000 of the 300000 bytes/,
    ],
    [
      'that is cut off',
      (_, response) => {
        response.writeHead(200, { 'content-length': bytes.length });
        response.write(bytes.subarray(0, 5000), () => response.destroy());
      },
      /aborted|socket hang up|ECONNRESET/,
    ],
    ['that is never answered', () => undefined, /no answer within 1 s/],
    [
      'that stops in the middle',
      (_, response) => {
        response.writeHead(200, { 'content-length': bytes.length });
        response.write(bytes.subarray(0, 5000));
      },
      /nothing more came within 0\.5 s/,
    ],
    [
      'that trickles',
      (_, response) => {
        response.writeHead(200, { 'content-length': bytes.length });
        const timer = setInterval(() => response.write(bytes.subarray(0, 1)), 50);
        response.on('close', () => {
          clearInterval(timer);
        });
      },
      /not complete within 2\.5 s/,
    ],
    [
      'that is redirected in a circle',
      (_, response) => response.writeHead(302, { location: '/images.gz' }).end(),
      /redirects more than 5 times/,
    ],
    [
      'that is redirected to a file',
      (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
      /neither http nor https/,
    ],
  ];

  test.each(failing)('%s fails with its reason and leaves nothing', async (_, listener, reason) => {
    const baseUrls = await places.serve(listener);
    const error = await failureOf(places.finder({ baseUrls }).read(file));
    expect(error.code).toBe('DATASET_UNAVAILABLE');
    expect(error.message).toMatch(reason);
    expect(await places.namesInDataDir()).toEqual([]);
  });

  test('that is called off ends at once with the reason and leaves nothing', async () => {
    const calledOff = new AbortController();
    const baseUrls = await places.serve((_, response) => {
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 5000));
    });
    const pictures = places.finder({
      baseUrls: [...baseUrls, ...baseUrls],
      signal: calledOff.signal,
    });
    const reading = pictures.read(file, () => {
      calledOff.abort(new Error('the service stops'));
    });
    await expect(reading).rejects.toThrow('the service stops');
    expect(places.requests).toHaveLength(1);
    expect(await places.namesInDataDir()).toEqual([]);
  });

  test('that is redirected arrives', async () => {
    const baseUrls = await places.serve((request, response) => {
      if (request.url === '/files/images.gz') send(response);
      else response.writeHead(302, { location: '/files/images.gz' }).end();
    });
    expect(bytes.equals(await places.finder({ baseUrls }).read(file))).toBe(true);
  });

  test('labelled as gzip content is kept as it was sent', async () => {
    const baseUrls = await places.serve((_, response) => {
      response.setHeader('content-encoding', 'gzip');
      send(response);
    });
    expect(bytes.equals(await places.finder({ baseUrls }).read(file))).toBe(true);
  });

  test('that fails at the first address is had from the second', async () => {
    const [base = ''] = await places.serve((request, response) => {
      if (request.url?.startsWith('/good/')) send(response);
      else response.writeHead(503).end();
    });
    const baseUrls = [`${base}bad`, `${base}good`];
    expect(bytes.equals(await places.finder({ baseUrls }).read(file))).toBe(true);
    expect(places.requests).toEqual(['/bad/images.gz', '/good/images.gz']);
  });

  test('is shared by those who ask at once, and a failed one is tried again', async () => {
    let answers = 0;
    const baseUrls = await places.serve((_, response) => {
      if (++answers === 1) response.writeHead(500).end();
      else send(response);
    });
    const pictures = places.finder({ baseUrls });
    await failureOf(pictures.read(file));
    const [first, second] = await Promise.all([pictures.read(file), pictures.read(file)]);
    expect(bytes.equals(first) && bytes.equals(second)).toBe(true);
    expect(answers).toBe(2);
  });

  test('clears away what a killed process left an hour ago, and no more', async () => {
    await mkdir(places.dataDir, { recursive: true });
    const old = path.join(places.dataDir, '.images.gz.killed.part');
    await writeFile(old, bytes.subarray(0, 5));
    await utimes(old, new Date(0), new Date(0));
    await writeFile(path.join(places.dataDir, '.images.gz.running.part'), '');
    await writeFile(path.join(places.dataDir, 'notes.part'), '');
    const baseUrls = await places.serve();
    await places.finder({ baseUrls }).ensure(file);
    const left = (await places.namesInDataDir()).toSorted();
    expect(left).toEqual(['.images.gz.running.part', 'images.gz', 'notes.part']);
  });
});
