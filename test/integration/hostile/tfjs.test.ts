/** tfjs models from strangers: what their manifests name, and what lies beside them. */
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeLayersModel } from '../../support/layers-models';
import { temporaryFolder } from '../../support/temporary-folder';
import { graphCheckpoint, tinyNodes } from '../../unit/inference-tfjs/graph-models';
import { type Files, HostileService } from './hostile-service';

let hostile: HostileService;
let json: string;
let weights: Buffer;

beforeAll(async () => {
  hostile = await HostileService.start();
  const folder = await writeLayersModel(await temporaryFolder());
  json = await readFile(path.join(folder, 'model.json'), 'utf8');
  weights = await readFile(path.join(folder, 'weights.bin'));
});

afterAll(() => hostile.service.end());

const naming = (...paths: string[]): string =>
  json.replace('"paths":["weights.bin"]', `"paths":${JSON.stringify(paths)}`);
const model = (text: string, shard: Uint8Array = weights): Files => ({
  'model.json': Buffer.from(text),
  'weights.bin': shard,
});

const MODELS: [what: string, files: () => Files, code: string][] = [
  ['a missing shard', () => ({ 'model.json': Buffer.from(json) }), 'TFJS_WEIGHTS_MISSING'],
  [
    'a missing shard of two',
    () => model(naming('weights.bin', 'group1-shard2of2.bin')),
    'TFJS_WEIGHTS_MISSING',
  ],
  ['a path that climbs out', () => model(naming('../../data/secret.bin')), 'TFJS_PATH_FORBIDDEN'],
  ['an absolute path', () => model(naming('/etc/passwd')), 'TFJS_PATH_FORBIDDEN'],
  ['an encoded path', () => model(naming('%2e%2e%2fsecret.bin')), 'TFJS_PATH_FORBIDDEN'],
  ['an address', () => model(naming('https://example.com/weights.bin')), 'TFJS_PATH_FORBIDDEN'],
  ['itself as its weights', () => model(naming('model.json')), 'TFJS_PATH_FORBIDDEN'],
  ['a shard cut in half', () => model(json, weights.subarray(0, 1000)), 'TFJS_WEIGHTS_LENGTH'],
  [
    'bytes behind its weights',
    () => model(json, Buffer.concat([weights, weights])),
    'TFJS_WEIGHTS_LENGTH',
  ],
  [
    'weights of an impossible shape',
    () => model(json.replace('"shape":[784,10]', '"shape":[9e15,9e15]')),
    'CHECKPOINT_INVALID',
  ],
  [
    'numbers that are objects with a toString of their own',
    () => ({
      'model.json': Buffer.from(
        Buffer.from(graphCheckpoint().files.get('model.json') ?? [])
          .toString()
          .replace('"size":"3"', '"size":{"toString":1}'),
      ),
      'group1-shard1of1.bin': graphCheckpoint().files.get('group1-shard1of1.bin') ?? weights,
    }),
    'CHECKPOINT_INVALID',
  ],
  ['half of its JSON', () => model(json.slice(0, json.length / 2)), 'CHECKPOINT_INVALID'],
  [
    '100,000 nested lists as a shape',
    () => model(json.replace('[null,28,28,1]', `${'['.repeat(100_000)}${']'.repeat(100_000)}`)),
    'CHECKPOINT_INVALID',
  ],
  [
    'code of its own (Lambda)',
    () => model(json.replace('"Flatten"', '"Lambda"')),
    'CHECKPOINT_INVALID',
  ],
  [
    'a graph that reads files',
    () => ({
      'model.json': Buffer.from(
        graphCheckpoint({
          nodes: [...tinyNodes(), { name: 'file', op: 'ReadFile', input: ['shape'] }],
        }).files.get('model.json') ?? [],
      ),
      'group1-shard1of1.bin': graphCheckpoint().files.get('group1-shard1of1.bin') ?? weights,
    }),
    'CHECKPOINT_INVALID',
  ],
];

test.each(MODELS)(
  'a model with %s is refused, and nothing is left behind',
  async (_, files, code) => {
    const refusal = await hostile.refusal('model/', files());
    expect(refusal.code).toBe(code);
    expect(refusal.message.length).toBeGreaterThan(40);
  },
);

test('a shard that is a link out of the folder is refused, and the file behind it is not read', async () => {
  const { root } = hostile.service;
  const secret = path.join(path.dirname(root), 'secret.bin');
  await writeFile(secret, weights);
  await mkdir(path.join(root, 'linked'));
  await symlink(secret, path.join(root, 'linked', 'weights.bin'));
  try {
    const refusal = await hostile.refusal('linked/', { 'model.json': Buffer.from(json) });
    expect(refusal).toMatchObject({ code: 'CHECKPOINT_INVALID' });
    expect(refusal.message).toContain('link that leaves');
  } finally {
    await rm(secret);
  }
});
