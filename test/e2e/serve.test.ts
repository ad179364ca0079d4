/** `assay serve` from the first start on: evaluates, answers, stops cleanly, keeps everything. */
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { eventually } from '../support/eventually';
import { GraphQLClient } from '../support/graphql-client';
import { assay, AssayProcess, freshDataFolder, isAlive, postgresOf } from './assay-process';

jest.setTimeout(150_000);

async function startedOn(dataPath: string) {
  const service = new AssayProcess(['serve'], dataPath);
  const url = await service.address();
  return { service, url, client: new GraphQLClient(url) };
}

describe('serve', () => {
  it('evaluates the sample set on a fresh machine without a network, and keeps the result', async () => {
    const dataPath = await freshDataFolder();
    const first = await startedOn(dataPath);

    expect(first.service.stderr).toContain('Fashion-MNIST could not be had');
    expect(first.service.stderr).toMatch(/ENOTFOUND[^]*ASSAY_DATA_MIRROR/);
    expect(first.service.stderr).toContain('the built-in sample set takes its place');
    expect(first.service.stdout).toMatch(/Database ready \(embedded PostgreSQL\)/);
    for (const shown of ['Accuracy', 'Macro-F1', 'Confusion matrix', 'Circle', 'sample-shapes']) {
      expect(first.service.stdout).toContain(shown);
    }
    const results = await first.client.results();
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({ sampleCount: 2000, split: 'test', backend: 'onnxruntime' });
    expect(first.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const page = await fetch(`${first.url}/graphql`, { headers: { accept: 'text/html' } });
    expect(page.status).toBe(200);
    expect((await fetch(`${first.url}/health/ready`)).status).toBe(200);
    const postgres = postgresOf(dataPath) ?? 0;
    expect(isAlive(postgres)).toBe(true);

    first.service.pressCtrlC();
    const ended = await first.service.ended;
    expect(ended).toMatchObject({ code: 0, signal: null });
    expect(ended.stdout).toMatch(/Stopping\.\n$/);
    expect(ended.stderr).not.toMatch(/error/i);
    expect(isAlive(postgres)).toBe(false);
    expect(postgresOf(dataPath)).toBeUndefined();

    const second = await startedOn(dataPath);
    expect(await second.client.results()).toEqual(results);
    expect(second.service.stdout).not.toContain('Confusion matrix');
    expect(second.service.stderr).not.toContain('Evaluating');

    second.service.signal('SIGTERM');
    expect(await second.service.ended).toMatchObject({ code: 0, signal: null });
    expect(postgresOf(dataPath)).toBeUndefined();
  });

  it('ends with 0 at a Ctrl-C while its database is being made, and starts well afterwards', async () => {
    const dataPath = await freshDataFolder();
    const service = new AssayProcess(['serve'], dataPath);
    await eventually('initdb is at work', () => existsSync(path.join(dataPath, 'postgres')));
    service.pressCtrlC();
    const ended = await service.ended;
    expect(ended).toMatchObject({ code: 0, signal: null, stderr: '' });
    expect(ended.stdout).not.toContain('Confusion matrix');
    expect(postgresOf(dataPath)).toBeUndefined();

    const { service: again, client } = await startedOn(dataPath);
    expect(await client.results()).toHaveLength(1);
    // What a terminal sends when its window is closed.
    again.signal('SIGHUP');
    expect((await again.ended).code).toBe(0);
    expect(postgresOf(dataPath)).toBeUndefined();
  });

  it('serves one data folder from two processes at once; the last to leave stops PostgreSQL', async () => {
    const dataPath = await freshDataFolder();
    const both = await Promise.all([startedOn(dataPath), startedOn(dataPath)]);
    const [one, other] = both;
    expect(one.url).not.toBe(other.url);
    const results = await one.client.results();
    expect(results.length).toBeGreaterThanOrEqual(1);
    expect(await other.client.results()).toEqual(results);

    one.service.signal('SIGINT');
    expect((await one.service.ended).code).toBe(0);
    expect(await other.client.results()).toEqual(results);
    expect(postgresOf(dataPath)).toBeDefined();
    other.service.signal('SIGINT');
    expect((await other.service.ended).code).toBe(0);
    expect(postgresOf(dataPath)).toBeUndefined();
  });

  it('says which port is in use and what to do, and leaves nothing running', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const PORT = String((taken.address() as AddressInfo).port);
    const dataPath = await freshDataFolder();
    try {
      const ended = await assay(['serve'], dataPath, { PORT });
      expect(ended.code).toBe(2);
      expect(ended.stderr).toContain(`PORT_IN_USE: Port ${PORT} on 127.0.0.1 is in use`);
      expect(ended.stderr).toContain('PORT=0');
      expect(ended.stderr).not.toMatch(/\n\s+at /);
      expect(postgresOf(dataPath)).toBeUndefined();
    } finally {
      taken.close();
    }
  });
});
