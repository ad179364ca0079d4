import { createHash } from 'node:crypto';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { METADATA_FILE } from '../../../src/checkpoints/formats/checkpoint-digest';
import { describeCheckpoint } from '../../../src/checkpoints/formats/describe-checkpoint';
import { readCheckpoint } from '../../../src/checkpoints/formats/read-checkpoint';
import {
  modelJson,
  temporaryFolder,
  tinyCnn,
  weightBytes,
  writeFiles,
} from '../inference/support/layers-checkpoint';
import { onnxFile } from '../inference/support/onnx-file';

const { layers, weights } = tinyCnn();
const bytes = weightBytes(weights);
let root: string;
let folder: string;

beforeEach(async () => {
  root = await temporaryFolder();
  folder = path.join(root, 'checkpoint');
  await mkdir(folder);
});
afterEach(() => rm(root, { recursive: true }));

/** Writes the tiny CNN, its manifest naming these files. */
async function writeModel(paths: unknown[] = ['weights.bin']): Promise<void> {
  await writeFiles(folder, {
    'model.json': JSON.stringify(modelJson(layers, weights, paths as string[])),
    'weights.bin': bytes,
  });
}

function invalid(reason: RegExp, code = 'CHECKPOINT_INVALID'): { code: string; message: unknown } {
  return { code, message: expect.stringMatching(reason) };
}

const sha256 = (content: Uint8Array | string): string =>
  createHash('sha256').update(content).digest('hex');

describe('a tfjs layers model', () => {
  test('is read from its folder and from the path of its model.json alike', async () => {
    await writeModel();
    const fromFolder = await readCheckpoint(folder);
    expect(fromFolder.format).toBe('tfjs-layers');
    expect([...fromFolder.files.keys()].sort()).toEqual(['model.json', 'weights.bin']);
    expect(await readCheckpoint(path.join(folder, 'model.json'))).toEqual(fromFolder);
  });

  test('has the digest of the lines that sha256sum prints for model.json and the weights', async () => {
    await writeModel();
    const { digest, sizeBytes } = await readCheckpoint(folder);
    const json = JSON.stringify(modelJson(layers, weights));
    expect(digest).toBe(sha256(`${sha256(json)}  model.json\n${sha256(bytes)}  weights.bin\n`));
    expect(sizeBytes).toBe(json.length + bytes.length);
  });

  test('keeps its digest when its metadata changes, and other files do not matter', async () => {
    await writeModel();
    const { digest } = await readCheckpoint(folder);
    await writeFiles(folder, { [METADATA_FILE]: '{"epochs":3}', 'README.md': 'hello' });
    const noted = await readCheckpoint(folder);
    expect(noted.digest).toBe(digest);
    expect(describeCheckpoint(noted).metadata).toEqual({ epochs: 3 });
    expect(noted.files.has('README.md')).toBe(false);
  });

  test('may have its weights in several files, joined in the manifest’s order', async () => {
    await writeModel(['a.bin', 'b.bin']);
    await writeFiles(folder, { 'a.bin': bytes.subarray(0, 10), 'b.bin': bytes.subarray(10) });
    expect(describeCheckpoint(await readCheckpoint(folder))).toMatchObject({
      inputShape: { height: 4, width: 4, channels: 1 },
      classCount: 3,
      parameterCount: 18 + 2 + 24 + 3,
      architecture: 'conv 1→2 3×3, relu, max-pool 2×2, dropout 0.2, flatten, dense 8→3',
    });
  });

  test.each([
    '../weights.bin',
    '..',
    '.hidden',
    '/etc/passwd',
    'C:\\weights.bin',
    '..\\weights.bin',
    'sub/weights.bin',
    '%2e%2e%2fweights.bin',
    'file:weights.bin',
    'weights.bin\u0000.txt',
    'weights․bin',
    '',
    'model.json',
    'metadata.json',
    'a'.repeat(300),
    7,
  ])('is refused where its manifest names the file %j', async (name) => {
    await writeModel([name]);
    await writeFiles(root, { 'weights.bin': bytes });
    await expect(readCheckpoint(folder)).rejects.toMatchObject(
      invalid(/names the file|wrongly/, 'TFJS_PATH_FORBIDDEN'),
    );
  });

  test('is refused where its manifest uses a file twice', async () => {
    await writeModel(['weights.bin', 'weights.bin']);
    await expect(readCheckpoint(folder)).rejects.toMatchObject(
      invalid(/twice/, 'TFJS_PATH_FORBIDDEN'),
    );
  });

  test('is refused where a weight file is missing, short or long', async () => {
    await writeModel(['other.bin']);
    await expect(readCheckpoint(folder)).rejects.toMatchObject(
      invalid(/"other.bin" is missing/, 'TFJS_WEIGHTS_MISSING'),
    );
    await writeFiles(folder, { 'other.bin': bytes.subarray(1) });
    await expect(readCheckpoint(folder)).rejects.toMatchObject(
      invalid(
        new RegExp(`hold ${bytes.length - 1} bytes .* need ${bytes.length}`),
        'TFJS_WEIGHTS_LENGTH',
      ),
    );
    await writeFiles(folder, { 'other.bin': Buffer.concat([bytes, Buffer.alloc(4)]) });
    await expect(readCheckpoint(folder)).rejects.toMatchObject(
      invalid(/hold .* bytes/, 'TFJS_WEIGHTS_LENGTH'),
    );
  });

  test('may link a weight file within its folder, but not out of it', async () => {
    await writeModel(['link.bin']);
    await symlink('weights.bin', path.join(folder, 'link.bin'));
    expect((await readCheckpoint(folder)).files.get('link.bin')).toEqual(new Uint8Array(bytes));
    await rename(path.join(folder, 'weights.bin'), path.join(root, 'weights.bin'));
    await rm(path.join(folder, 'link.bin'));
    await symlink('../weights.bin', path.join(folder, 'link.bin'));
    await expect(readCheckpoint(folder)).rejects.toMatchObject(invalid(/link that leaves/));
  });

  test('is refused where a weight file is a folder', async () => {
    await writeModel(['shard']);
    await mkdir(path.join(folder, 'shard'));
    await expect(readCheckpoint(folder)).rejects.toMatchObject(invalid(/not a regular file/));
  });

  test.each([
    ['{', /not a JSON object/],
    ['[]', /not a JSON object/],
    ['{"format":"graph-model"}', /no modelTopology or no weightsManifest/],
    ['{"modelTopology":{}}', /no weightsManifest/],
    ['{"modelTopology":{},"weightsManifest":[{}]}', /lacks its paths/],
    [
      '{"modelTopology":{},"weightsManifest":[{"paths":[],"weights":[{"name":"w","shape":[-1],"dtype":"float32"}]}]}',
      /impossible shape/,
    ],
    [
      '{"modelTopology":{},"weightsManifest":[{"paths":[],"weights":[{"name":"w","shape":[99999999,99999999],"dtype":"float32"}]}]}',
      /impossible shape/,
    ],
    [
      '{"modelTopology":{},"weightsManifest":[{"paths":[],"weights":[{"name":"a","shape":[],"dtype":"int32"},{"name":"b","shape":[],"dtype":"float32","quantization":{}}]}]}',
      /not "a" \("int32"\), "b" \("quantized"\)/,
    ],
  ])('is refused where its model.json is %s', async (json, reason) => {
    await writeFiles(folder, { 'model.json': json });
    await expect(readCheckpoint(folder)).rejects.toMatchObject(invalid(reason));
  });

  test('is refused where it is larger than allowed, before it is read', async () => {
    await writeModel();
    await expect(readCheckpoint(folder, { maxBytes: 900 })).rejects.toMatchObject({
      code: 'CHECKPOINT_TOO_LARGE',
      details: { maxBytes: 900 },
    });
  });
});

describe('a state dict', () => {
  const weightsFile = Buffer.from('weights, which nobody looks at here');

  test.each([
    ['net.pth', 'pytorch-state-dict'],
    ['net.PT', 'pytorch-state-dict'],
    ['net.safetensors', 'safetensors'],
  ])('%s is read as %s, under its own digest', async (name, format) => {
    await writeFiles(folder, { [name]: weightsFile, 'other.yaml': 'x' });
    const checkpoint = await readCheckpoint(path.join(folder, name));
    expect(checkpoint).toMatchObject({ format, digest: sha256(weightsFile) });
    expect([...checkpoint.files.keys()]).toEqual([name]);
  });

  test('takes the YAML of its own name along, else architecture.yaml, as a part of its digest', async () => {
    const file = path.join(folder, 'net.pth');
    await writeFiles(folder, { 'net.pth': weightsFile, 'architecture.yaml': 'shared' });
    const shared = await readCheckpoint(file);
    expect([...shared.files.keys()]).toEqual(['net.pth', 'architecture.yaml']);
    await writeFiles(folder, { 'net.yaml': 'own' });
    const own = await readCheckpoint(file);
    expect([...own.files.keys()]).toEqual(['net.pth', 'net.yaml']);
    expect(own.digest).toBe(
      sha256(`${sha256(weightsFile)}  net.pth\n${sha256('own')}  net.yaml\n`),
    );
    expect(own.sizeBytes).toBe(weightsFile.length + 3);
    expect(own.digest).not.toBe(shared.digest);
  });

  test('is refused where its YAML is a link out of the folder', async () => {
    await writeFiles(folder, { 'net.pth': weightsFile });
    await writeFiles(root, { 'secret.yaml': 'x' });
    await symlink('../secret.yaml', path.join(folder, 'net.yaml'));
    await expect(readCheckpoint(path.join(folder, 'net.pth'))).rejects.toMatchObject(
      invalid(/link that leaves/),
    );
  });
});

describe('other paths', () => {
  test('an ONNX file is read under its own digest', async () => {
    const file = path.join(folder, 'net.ONNX');
    const content = onnxFile();
    await writeFile(file, content);
    await symlink('net.ONNX', path.join(folder, 'link.onnx'));
    const checkpoint = await readCheckpoint(file);
    expect(checkpoint).toMatchObject({
      format: 'onnx',
      digest: sha256(content),
      sizeBytes: content.length,
    });
    expect((await readCheckpoint(path.join(folder, 'link.onnx'))).digest).toBe(checkpoint.digest);
  });

  test('a folder without model.json and a file of another kind are of no known format', async () => {
    await writeFiles(folder, { 'net.h5': 'x' });
    for (const unknown of [folder, path.join(folder, 'net.h5')]) {
      await expect(readCheckpoint(unknown)).rejects.toMatchObject({
        code: 'CHECKPOINT_FORMAT_UNKNOWN',
        message: expect.stringContaining('*.onnx') as unknown,
      });
    }
  });

  test.each(['nothing', 'no\u0000thing', 'x'.repeat(5000)])(
    'a path that leads nowhere is told so (%#)',
    async (name) => {
      await expect(readCheckpoint(`${folder}/${name}.onnx`)).rejects.toMatchObject({
        code: 'CHECKPOINT_NOT_FOUND',
      });
    },
  );
});
