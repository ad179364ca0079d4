/** PyTorch files from strangers, given to a running service in every way: refused, and nothing else. */
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { archive, archiveFiles, fixture, FOUR_ONES } from '../../unit/pytorch/files';
import {
  call,
  dict,
  get,
  global,
  int,
  join,
  op,
  type Part,
  pickle,
  put,
  tensor,
  type TensorOptions,
  text,
} from '../../unit/pytorch/pickle-writer';
import { writeZip, type ZipEntryOptions } from '../../unit/pytorch/zip-writer';
import { HostileService } from './hostile-service';

let hostile: HostileService;
const marker = path.join(tmpdir(), `assay-hostile-${randomUUID()}`);

beforeAll(async () => {
  hostile = await HostileService.start();
});

afterAll(() => hostile.service.end());

const ones = tensor({ shape: [4], strides: [1] });
const weights = pickle(dict({ weight: ones }));
const whole = fixture('dtypes.pt');
/** A state dict that has `part` beside its one good tensor. */
const beside = (part: Part): Buffer => archive(pickle(dict({ weight: ones, other: part })));
const withEntry = (options: ZipEntryOptions, data: Uint8Array = FOUR_ONES): Buffer =>
  archive(weights, { more: [{ name: 'archive/data/1', data, options }] });
const named = (name: string): Buffer =>
  writeZip([...archiveFiles(weights), { name, data: Buffer.from('owned') }]);
const ofTensor = (options: TensorOptions): Buffer =>
  archive(pickle(dict({ weight: tensor(options) })));
const bomb = deflateRawSync(Buffer.alloc(256 * 2 ** 20));
const getattr = (of: Part, name: string): Part =>
  call(global('builtins', 'getattr'), of, text(name));

const FILES: [what: string, bytes: Buffer, code: string][] = [
  [
    'os.system',
    beside(call(global('os', 'system'), text(`touch ${marker}`))),
    'PYTORCH_PICKLE_FORBIDDEN',
  ],
  [
    'eval',
    beside(call(global('builtins', 'eval'), text(`open(${JSON.stringify(marker)}, "w")`))),
    'PYTORCH_PICKLE_FORBIDDEN',
  ],
  [
    'a chain of getattr from an allowed name',
    beside(call(getattr(getattr(global('torch', 'FloatStorage'), '__init__'), '__globals__'))),
    'PYTORCH_PICKLE_FORBIDDEN',
  ],
  ['a pickled module of PyTorch', fixture('whole-model.pt'), 'PYTORCH_WHOLE_MODEL'],
  ['a pickled module of its own', fixture('custom-model.pt'), 'PYTORCH_PICKLE_FORBIDDEN'],
  ['a program of TorchScript', fixture('torchscript.pt'), 'PYTORCH_TORCHSCRIPT'],
  ['a pickle without an archive', fixture('legacy.pt'), 'PYTORCH_LEGACY_FORMAT'],
  ['an entry that climbs out', named('archive/../../../owned'), 'PYTORCH_ZIP_NAME'],
  ['an entry with an absolute path', named(marker), 'PYTORCH_ZIP_NAME'],
  ['an entry that climbs out of Windows', named('archive\\..\\owned'), 'PYTORCH_ZIP_NAME'],
  [
    'a bomb of 256 MB',
    withEntry({ method: 8, centralSize: 256 * 2 ** 20 }, bomb),
    'PYTORCH_ZIP_COMPRESSED',
  ],
  ['a bomb of entries in each other', withEntry({ centralOffset: 0 }), 'PYTORCH_ZIP_INVALID'],
  [
    'a deflated pickle',
    archive(deflateRawSync(weights), { pickleOptions: { method: 8 } }),
    'PYTORCH_ZIP_COMPRESSED',
  ],
  ['an encrypted entry', withEntry({ flags: 0x0809 }), 'PYTORCH_ZIP_ENCRYPTED'],
  ['a wrong checksum', withEntry({ crc: 1 }), 'PYTORCH_ZIP_CRC'],
  ['half a file', whole.subarray(0, whole.length / 2), 'PYTORCH_TRUNCATED'],
  ['a file without its tail', whole.subarray(0, -22), 'PYTORCH_TRUNCATED'],
  ['an empty file', Buffer.alloc(0), 'PYTORCH_EMPTY'],
  ['200,000 nested marks', archive(pickle(Buffer.alloc(200_000, 0x28))), 'PYTORCH_PICKLE_LIMIT'],
  [
    'a memo without end',
    archive(pickle(join(op('none'), Buffer.alloc(1_100_000, 0x94)))),
    'PYTORCH_PICKLE_LIMIT',
  ],
  [
    'lists that double 60 times through the memo',
    archive(
      pickle(
        ...[op('emptyList'), put(0)],
        ...Array.from({ length: 60 }, (_, level) => [
          ...[op('emptyList'), put(level + 1)],
          ...[get(level), op('append'), get(level), op('append')],
        ]).flat(),
      ),
    ),
    'PYTORCH_PICKLE_INVALID',
  ],
  ['a memo that was not written', archive(pickle(get(7))), 'PYTORCH_PICKLE_INVALID'],
  [
    'a dict that holds itself',
    archive(pickle(op('emptyDict'), put(0), text('state_dict'), get(0), op('setItem'))),
    'PYTORCH_NOT_A_STATE_DICT',
  ],
  [
    'a storage shorter than its tensor',
    ofTensor({ shape: [5], strides: [1] }),
    'PYTORCH_TENSOR_BOUNDS',
  ],
  [
    'a storage shorter than it says',
    ofTensor({ elements: 5, shape: [5], strides: [1] }),
    'PYTORCH_TENSOR_BOUNDS',
  ],
  ['a negative size', ofTensor({ shape: [-1], strides: [1] }), 'PYTORCH_TENSOR_BOUNDS'],
  [
    'sizes whose product overflows to 4',
    ofTensor({ shape: [2n ** 62n + 1n, 4], strides: [0, 1] }),
    'PYTORCH_TENSOR_BOUNDS',
  ],
  [
    'a tensor of terabytes from one number',
    ofTensor({ shape: [2 ** 20, 2 ** 20], strides: [0, 0] }),
    'PYTORCH_TENSOR_LIMIT',
  ],
  ['weights of no network that is known', archive(weights), 'CHECKPOINT_TENSORS_MISMATCH'],
  ['a length as its tensor', beside(int(4)), 'PYTORCH_NOT_A_STATE_DICT'],
];

test.each(FILES)(
  '%s is refused with its own code, and nothing is left behind',
  async (_, bytes, code) => {
    const started = performance.now();
    const refusal = await hostile.refusal('model.pth', { 'model.pth': bytes });
    expect(refusal.code).toBe(code);
    expect(refusal.message.length).toBeGreaterThan(40);
    expect(existsSync(marker)).toBe(false);
    expect(performance.now() - started).toBeLessThan(10_000);
  },
);

test('what was refused does not keep a sound file from being taken', async () => {
  await hostile.refusal('model.pth', { 'model.pth': whole.subarray(0, 100) });
  const yaml =
    'architecture: [flatten, linear: { in: 784, out: 10 }]\ninput: { height: 28, width: 28, channels: 1 }';
  const state = {
    '1.weight': tensor({ key: '0', elements: 7840, shape: [10, 784], strides: [784, 1] }),
    '1.bias': tensor({ key: '1', elements: 10, shape: [10], strides: [1] }),
  };
  const storages = { 0: Buffer.alloc(7840 * 4), 1: Buffer.alloc(40) };
  const id = await hostile.registered('sound.pth', {
    'sound.pth': archive(pickle(dict(state)), { storages }),
    'sound.yaml': Buffer.from(yaml),
  });
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
});

test('weights that are not numbers are registered, and their run fails with the reason', async () => {
  const yaml =
    'architecture: [flatten, linear: { in: 784, out: 10 }]\ninput: { height: 28, width: 28, channels: 1 }';
  const state = {
    '1.weight': tensor({ key: '0', elements: 7840, shape: [10, 784], strides: [784, 1] }),
    '1.bias': tensor({ key: '1', elements: 10, shape: [10], strides: [1] }),
  };
  const notNumbers = Buffer.from(new Float32Array(10).fill(NaN).buffer);
  const storages = { 0: Buffer.alloc(7840 * 4), 1: notNumbers };
  const checkpointId = await hostile.registered('nan.pth', {
    'nan.pth': archive(pickle(dict(state)), { storages }),
    'nan.yaml': Buffer.from(yaml),
  });
  const { client, app } = hostile.service;
  const datasetId = (await app.services.datasets.register('sample-shapes')).id;
  const run = await client.settled((await client.runEvaluation({ checkpointId, datasetId })).id);
  expect(run).toMatchObject({ state: 'FAILED', failure: { code: 'LOGITS_NOT_FINITE' } });
  expect(await client.results()).toEqual([]);
});
