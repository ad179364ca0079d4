/** The same content is one checkpoint, whoever registers it, under whatever name, at whatever moment. */
import { cp, mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startApp } from '../../../src/app';
import { writeLayersModel } from '../../support/layers-models';
import { startTestService, type TestService } from '../../support/test-service';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});

afterAll(() => service.end());

const stored = async () => (await readdir(service.store)).sort();

describe('the same content', () => {
  it('registers once and keeps its first name', async () => {
    const folder = await writeLayersModel(path.join(service.root, 'first'));
    await cp(folder, path.join(service.root, 'copy'), { recursive: true });
    const first = await service.client.register('first', 'first name');
    const again = await service.client.register('copy', 'second name');
    expect(again).toBe(first);
    const query = `query ($id: ID!) { checkpoint(id: $id) { name } }`;
    expect(await service.client.field('checkpoint', query, { id: first })).toEqual({
      name: 'first name',
    });
  });

  it('registers once where notes about it differ', async () => {
    const one = await writeLayersModel(path.join(service.root, 'noted'), { seed: 2 });
    const id = await service.client.register(one);
    await writeFile(path.join(one, 'metadata.json'), '{"name":"noted later"}');
    expect(await service.client.register(one)).toBe(id);
  });

  it('registers once also when many ask at the same time', async () => {
    const before = await stored();
    await writeLayersModel(path.join(service.root, 'rush'), { seed: 3 });
    const ids = await Promise.all(
      Array.from({ length: 12 }, (_, i) => service.client.register('rush', `caller ${i}`)),
    );
    expect(new Set(ids).size).toBe(1);
    const after = await stored();
    expect(after).toHaveLength(before.length + 1);
    expect(after.every((name) => /^[0-9a-f]{64}$/.test(name))).toBe(true);
  });

  it('is stored again where its files have gone', async () => {
    const folder = await writeLayersModel(path.join(service.root, 'again'), { seed: 4 });
    const id = await service.client.register(folder);
    const checkpoint = await service.app.services.checkpoints.get(id);
    await rm(path.join(service.store, checkpoint.digest), { recursive: true });
    await expect(service.app.services.checkpoints.files(checkpoint)).rejects.toMatchObject({
      code: 'CHECKPOINT_MISSING',
    });
    expect(await service.client.register(folder)).toBe(id);
    const files = await service.app.services.checkpoints.files(checkpoint);
    expect(files.digest).toBe(checkpoint.digest);
  });
});

it('a start removes what a crash left half stored, and nothing else', async () => {
  const before = await stored();
  const left = path.join(service.store, '.half');
  await mkdir(left);
  await writeFile(path.join(left, 'a.onnx'), 'half');
  const old = new Date(Date.now() - 2 * 60 * 60 * 1000);
  for (const file of [path.join(left, 'a.onnx'), left]) await utimes(file, old, old);
  const second = await startApp(service.loaded);
  await second.stop();
  expect(await stored()).toEqual(before);
});
