/** What a service gives to workers on other machines, and to whom. */
import { createHash } from 'node:crypto';
import { truncate } from 'node:fs/promises';
import path from 'node:path';
import { ROLES } from '../../../src/auth/role';
import type { Checkpoint } from '../../../src/checkpoints/checkpoint.entity';
import type { CheckpointManifest } from '../../../src/store/checkpoint-manifest';
import { writeLayersModel, writeOnnxModel } from '../../support/layers-models';
import { bearer, type GuardedService, startGuarded } from '../auth/guarded-service';
import { send } from '../http/edge';

let service: GuardedService;
let layers: Checkpoint;
let onnx: Checkpoint;
let splitDigest: string;

beforeAll(async () => {
  service = await startGuarded('0.0.0.0');
  const { registration, datasets } = service.app.services;
  const folder = await writeLayersModel(path.join(service.root, 'layers'), { filters: [8] });
  layers = (await registration.fromPath(folder, {})).checkpoint;
  const file = await writeOnnxModel(
    path.join(service.root, 'net.onnx'),
    path.join(service.root, 'source'),
  );
  onnx = (await registration.fromPath(file, {})).checkpoint;
  const dataset = await datasets.register('sample-shapes');
  splitDigest = dataset.splits.find(({ name }) => name === 'test')?.digest ?? '';
});

afterAll(() => service.end());

const get = (address: string, headers: Record<string, string> = {}) =>
  fetch(service.url + address, { headers: { ...bearer(service.tokens.worker), ...headers } });
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const manifestOf = async (digest: string) =>
  (await (await get(`/store/checkpoints/${digest}`)).json()) as CheckpointManifest;

it('gives the files of a checkpoint by the hashes that make its digest', async () => {
  for (const { digest } of [layers, onnx]) {
    const { files } = await manifestOf(digest);
    const lines = files.map((file) => `${file.sha256}  ${file.name}\n`).join('');
    expect(files.length === 1 ? files[0]?.sha256 : sha256(Buffer.from(lines))).toBe(digest);
    for (const file of files) {
      const bytes = await bytesOf(await get(`/store/checkpoints/${digest}/${file.sha256}`));
      expect(bytes.byteLength).toBe(file.sizeBytes);
      expect(sha256(bytes)).toBe(file.sha256);
    }
  }
});

it('gives a split as the bytes of its digest, from any of them on', async () => {
  const whole = await get(`/store/splits/${splitDigest}`);
  expect(whole.status).toBe(200);
  const bytes = await bytesOf(whole);
  expect(sha256(bytes)).toBe(splitDigest);
  expect(whole.headers.get('content-length')).toBe(String(bytes.byteLength));

  // In the header, at the first image, in the images, in the labels, the last byte.
  const header = bytes.indexOf('\n', bytes.indexOf('\n') + 1) + 1;
  for (const from of [1, header, 700_001, bytes.byteLength - 4_000, bytes.byteLength - 1]) {
    const rest = await get(`/store/splits/${splitDigest}`, { range: `bytes=${from}-` });
    expect(rest.status).toBe(206);
    const total = bytes.byteLength;
    expect(rest.headers.get('content-range')).toBe(`bytes ${from}-${total - 1}/${total}`);
    expect((await bytesOf(rest)).equals(bytes.subarray(from))).toBe(true);
  }
  const beyond = { range: `bytes=${bytes.byteLength}-` };
  expect((await get(`/store/splits/${splitDigest}`, beyond)).status).toBe(416);
  for (const range of ['bytes=-5', 'bytes=1-2', 'bytes=0-1,5-', 'lines=1-']) {
    const answer = await get(`/store/splits/${splitDigest}`, { range });
    expect(answer.status).toBe(200);
    await answer.body?.cancel();
  }
});

it('has nothing else to give', async () => {
  const other = 'f'.repeat(64);
  for (const address of [
    `/store/splits/${other}`,
    `/store/splits/${layers.digest}`,
    `/store/checkpoints/${other}`,
    `/store/checkpoints/${splitDigest}`,
    `/store/checkpoints/${layers.digest}/${other}`,
    `/store/checkpoints/${layers.digest.toUpperCase()}`,
    '/store/checkpoints/..%2f..',
    `/store/checkpoints/${layers.digest}/..%2f..%2fetc%2fpasswd`,
    `/store/checkpoints/${layers.digest}/model.json`,
  ]) {
    expect((await get(address)).status).toBe(404);
  }
});

it('gives to workers and admins, and to nobody else', async () => {
  const { files } = await manifestOf(onnx.digest);
  const addresses = [
    '/store',
    `/store/checkpoints/${onnx.digest}`,
    `/store/checkpoints/${onnx.digest}/${files[0]?.sha256 ?? ''}`,
    `/store/splits/${splitDigest}`,
  ];
  for (const address of addresses) {
    expect((await send(service.port, { method: 'GET', path: address })).status).toBe(401);
    for (const role of ROLES) {
      const headers = bearer(service.tokens[role]);
      const { status } = await send(service.port, { method: 'GET', path: address, headers });
      expect(status).toBe(role === 'worker' || role === 'admin' ? 200 : 403);
    }
  }
});

it('tells what lies there now where somebody has changed the store, and gives no half file', async () => {
  const { files } = await manifestOf(layers.digest);
  const weights = files.find(({ name }) => name !== 'model.json');
  await truncate(path.join(service.store, layers.digest, weights?.name ?? ''), 10);
  const address = `/store/checkpoints/${layers.digest}/${weights?.sha256 ?? ''}`;
  expect((await get(address)).status).toBe(404);
  const now = (await manifestOf(layers.digest)).files.find(({ name }) => name === weights?.name);
  expect(now?.sizeBytes).toBe(10);
});
