/** Checkpoints by upload: what the service keeps, what it refuses, and that nothing is left behind. */
import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { OperationalError } from '../../../src/errors';
import { eventually } from '../../support/eventually';
import { writeOnnxModel } from '../../support/layers-models';
import { itWithReference, referenceFile } from '../../support/reference';
import { temporaryFolder } from '../../support/temporary-folder';
import { startTestService, type TestService } from '../../support/test-service';
import { send } from '../http/edge';
import { beginUpload, OCTETS, upload, uploadPieces } from './upload-client';

const UPLOAD_BYTES = 4_000_000;

let service: TestService;
let port: number;
let seed = 0;

beforeAll(async () => {
  service = await startTestService({
    configure: (config) => {
      config.limits.uploadBytes = UPLOAD_BYTES;
    },
  });
  port = Number(new URL(service.app.url).port);
});

afterAll(() => service.end());

async function onnxBytes(): Promise<Buffer> {
  const folder = await temporaryFolder();
  const file = path.join(folder, 'model.onnx');
  return readFile(await writeOnnxModel(file, path.join(folder, 'layers'), { seed: ++seed }));
}

const stored = () => readdir(service.store).catch(() => [] as string[]);
const show = (id: string) =>
  service.client.field(
    'checkpoint',
    `query ($id: ID!) { checkpoint(id: $id) {
       name format tags notes classCount preprocessing { scale mean std channelOrder output } } }`,
    { id },
  );

describe('an upload', () => {
  it('registers the file under its SHA-256, with what the address says about it', async () => {
    const bytes = await onnxBytes();
    const preprocessing = encodeURIComponent('{"mean":[0.5],"std":[0.25]}');
    const query = `?filename=my%20net.onnx&tag=a&tag=b&notes=hi&preprocessing=${preprocessing}`;
    const answer = await upload(port, query, bytes);
    expect(answer).toMatchObject({ status: 201, created: true });
    expect(answer.digest).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(await show(answer.id)).toEqual({
      name: 'my net.onnx',
      format: 'ONNX',
      tags: ['a', 'b'],
      notes: 'hi',
      classCount: 10,
      preprocessing: {
        scale: 1 / 255,
        mean: [0.5],
        std: [0.25],
        channelOrder: 'RGB',
        output: 'LOGITS',
      },
    });
    const kept = await readFile(path.join(service.store, answer.digest, 'my net.onnx'));
    expect(kept.equals(bytes)).toBe(true);
  });

  it('says what it was made from', async () => {
    const parent = await upload(port, '?filename=parent.onnx', await onnxBytes());
    const bytes = await onnxBytes();
    const child = await upload(port, `?filename=child.onnx&parentId=${parent.id}`, bytes);
    const made = `{ checkpoint(id: "${child.id}") { parent { id } } }`;
    expect(await service.client.field('checkpoint', made)).toEqual({ parent: { id: parent.id } });
    const more = await onnxBytes();
    const unknown = await upload(port, `?filename=x.onnx&parentId=${randomUUID()}`, more);
    expect(unknown).toMatchObject({ status: 422, code: 'CHECKPOINT_NOT_FOUND' });
    const wrong = await upload(port, '?filename=x.onnx&parentId=x', more);
    expect(wrong).toMatchObject({ status: 422, code: 'CHECKPOINT_DETAILS_INVALID' });
  });

  it('of the same content answers with the same checkpoint, however it was sent', async () => {
    const bytes = await onnxBytes();
    const first = await upload(port, '?filename=one.onnx', bytes);
    const pieces = [bytes.subarray(0, 1), bytes.subarray(1, 20_000), bytes.subarray(20_000)];
    const again = await uploadPieces(port, '?filename=two.onnx', pieces);
    expect(first).toMatchObject({ status: 201, created: true });
    expect(again).toMatchObject({ status: 200, created: false, id: first.id });
  });

  it('can be evaluated', async () => {
    const { id } = await upload(port, '?filename=run.onnx', await onnxBytes());
    const { services } = service.app;
    const dataset = await services.datasets.register('sample-shapes');
    const run = await service.client.runEvaluation({ checkpointId: id, datasetId: dataset.id });
    // The model is made for 28×28 images and so is the sample set.
    expect((await service.client.settled(run.id)).failure).toBeNull();
  });
});

itWithReference('the weights of the built-in network need no description', async () => {
  const bytes = await readFile(referenceFile('fashion-cnn.pth'));
  const query =
    '{ checkpoints(first: 1) { nodes { format inputHeight classCount parameterCount } } }';
  expect(await upload(port, '?filename=fashion-cnn.pth', bytes)).toMatchObject({ status: 201 });
  expect(await service.client.nodes('checkpoints', query)).toEqual([
    { format: 'PYTORCH_STATE_DICT', inputHeight: 28, classCount: 10, parameterCount: 806_890 },
  ]);
});

describe('an upload is refused, and nothing of it is kept,', () => {
  let before: string[];

  beforeEach(async () => {
    before = await stored();
  });

  afterEach(async () => {
    await eventually('the staging is gone', async () => {
      return JSON.stringify(await stored()) === JSON.stringify(before);
    });
  });

  it.each([
    ['without a name', '', 400, 'UPLOAD_NAME_MISSING'],
    ['under two names', '?filename=a.onnx&filename=b.onnx', 400, 'UPLOAD_NAME_MISSING'],
    ['under a name that climbs', '?filename=..%2Fx.onnx', 422, 'CHECKPOINT_NAME_INVALID'],
    ['under a hidden name', '?filename=.x.onnx', 422, 'CHECKPOINT_NAME_INVALID'],
    ['under an absolute name', '?filename=%2Fetc%2Fx.onnx', 422, 'CHECKPOINT_NAME_INVALID'],
    ['under a name with a NUL', '?filename=x%00.onnx', 422, 'CHECKPOINT_NAME_INVALID'],
    [
      'under a name too long for a disk',
      `?filename=${'%F0%90%8D%88'.repeat(70)}.onnx`,
      422,
      'CHECKPOINT_NAME_INVALID',
    ],
    ['under a name of no format', '?filename=x.exe', 422, 'CHECKPOINT_FORMAT_UNKNOWN'],
    ['as a part of a tfjs model', '?filename=model.json', 422, 'CHECKPOINT_FORMAT_UNKNOWN'],
    ['with an unknown parameter', '?filename=x.onnx&path=/etc', 422, 'UPLOAD_PARAMETER_INVALID'],
    ['with broken JSON', '?filename=x.onnx&preprocessing={', 422, 'UPLOAD_PARAMETER_INVALID'],
    ['with a tag of nothing', '?filename=x.onnx&tag=', 422, 'CHECKPOINT_DETAILS_INVALID'],
  ])('%s', async (_, query, status, code) => {
    const answer = await upload(port, query, await onnxBytes());
    expect(answer).toMatchObject({ status, code });
    expect(answer.text).not.toContain(service.store);
  });

  it('with a wrong number of channels in its preprocessing', async () => {
    const preprocessing = encodeURIComponent('{"mean":[0.5,0.5,0.5]}');
    const answer = await upload(
      port,
      `?filename=x.onnx&preprocessing=${preprocessing}`,
      await onnxBytes(),
    );
    expect(answer).toMatchObject({ status: 422, code: 'PREPROCESSING_INVALID' });
  });

  it('when it is no model, is cut in half or is empty', async () => {
    const half = (await onnxBytes()).subarray(0, 9000);
    for (const bytes of [Buffer.from('hello'), half, Buffer.alloc(0)]) {
      const answer = await upload(port, '?filename=x.onnx', bytes);
      expect(answer).toMatchObject({ status: 422, code: 'ONNX_UNREADABLE' });
    }
    expect(await upload(port, '?filename=x.pth', Buffer.alloc(0))).toMatchObject({
      status: 422,
      code: 'PYTORCH_EMPTY',
    });
  });

  it('when it is larger than allowed, announced or not', async () => {
    const bytes = Buffer.alloc(UPLOAD_BYTES + 1);
    const expected = { status: 413, code: 'UPLOAD_TOO_LARGE' };
    expect(await upload(port, '?filename=x.onnx', bytes)).toMatchObject(expected);
    const pieces = [bytes.subarray(0, 10), bytes.subarray(10)];
    expect(await uploadPieces(port, '?filename=x.onnx', pieces)).toMatchObject(expected);
    const fits = await upload(port, '?filename=x.onnx', Buffer.alloc(UPLOAD_BYTES));
    expect(fits.code).toBe('ONNX_UNREADABLE');
  });

  it('when the store can not be written, which is no fault of the caller', async () => {
    const { registration } = service.app.services;
    const broken = jest.spyOn(registration, 'fromStream').mockRejectedValueOnce(
      new OperationalError('CHECKPOINT_STORE_FAILED', 'no space', {
        cause: new Error('/secret'),
      }),
    );
    const answer = await upload(port, '?filename=x.onnx', await onnxBytes());
    broken.mockRestore();
    expect(answer).toMatchObject({ status: 500, code: 'CHECKPOINT_STORE_FAILED' });
    expect(answer.text).not.toContain('/secret');
  });

  it('when its connection is cut', async () => {
    const bytes = await onnxBytes();
    const socket = beginUpload(port, '?filename=x.onnx', bytes.length, bytes.subarray(0, 9000));
    await eventually('it is being written', async () => (await stored()).length > before.length);
    socket.destroy();
  });

  it('from pages of other sites', async () => {
    const bytes = await onnxBytes();
    const foreign = { ...OCTETS, origin: 'https://evil.example' };
    const answer = await upload(port, '?filename=x.onnx', bytes, foreign);
    expect(answer).toMatchObject({ status: 403, code: 'ORIGIN_NOT_ALLOWED' });
    const sameSite = { ...OCTETS, host: 'evil.example', origin: 'http://evil.example' };
    expect(await upload(port, '?filename=x.onnx', bytes, sameSite)).toMatchObject({
      status: 421,
      code: 'HOST_NOT_ALLOWED',
    });
    const preflight = await send(port, {
      method: 'OPTIONS',
      path: '/checkpoints/upload?filename=x.onnx',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'PUT' },
    });
    expect(Object.keys(preflight.headers).filter((name) => name.startsWith('access-'))).toEqual([]);
    expect(preflight.status).toBe(404);
  });

  it.each(['text/plain', 'multipart/form-data; boundary=x', 'application/json', undefined])(
    'as %s, which a form could send or means something else',
    async (type) => {
      const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
      const answer = await upload(port, '?filename=x.onnx', await onnxBytes(), headers);
      expect(answer).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
    },
  );

  it('compressed, which could unpack into anything', async () => {
    const headers = { ...OCTETS, 'content-encoding': 'gzip' };
    const answer = await upload(port, '?filename=x.onnx', await onnxBytes(), headers);
    expect(answer).toMatchObject({ status: 415, code: 'UNSUPPORTED_ENCODING' });
  });

  it('by another method', async () => {
    const path = '/checkpoints/upload?filename=x.onnx';
    for (const method of ['POST', 'DELETE', 'PATCH']) {
      expect((await send(port, { method, path, headers: OCTETS })).status).toBe(404);
    }
  });
});
