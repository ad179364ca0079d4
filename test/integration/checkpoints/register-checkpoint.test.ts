/** registerCheckpoint over GraphQL: what a remote caller may name, and what the answer gives away. */
import { appendFile, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ClientError } from '../../support/graphql-client';
import { writeLayersModel, writeOnnxModel } from '../../support/layers-models';
import { startTestService, type TestService } from '../../support/test-service';
import { temporaryFolder } from '../../support/temporary-folder';

const REGISTER = `mutation ($input: RegisterCheckpointInput!) {
  registerCheckpoint(input: $input) {
    id name digest format architecture inputHeight inputWidth inputChannels classCount
    parameterCount sizeBytes metadata
  }
}`;

let service: TestService;
let outside: string;

beforeAll(async () => {
  service = await startTestService();
  outside = await writeLayersModel(path.join(await temporaryFolder(), 'secret'), { seed: 9 });
});

afterAll(() => service.end());

async function register(given: string, name?: string) {
  const input = { path: given, ...(name !== undefined && { name }) };
  const { data, errors } = await service.client.send(REGISTER, { input });
  const checkpoint = data?.registerCheckpoint as Record<string, unknown> | undefined;
  return { checkpoint, errors };
}

async function refusal(given: string, name?: string): Promise<ClientError> {
  const { errors } = await register(given, name);
  expect(errors).toHaveLength(1);
  const [error] = errors;
  if (!error) throw new Error('no error');
  return error;
}

describe('a path inside the roots', () => {
  it('is registered with what the checkpoint takes and gives', async () => {
    const metadata = { name: 'from the trainer', seed: 42 };
    await writeLayersModel(path.join(service.root, 'layers'), { metadata });
    const { checkpoint } = await register('layers');
    expect(checkpoint).toMatchObject({
      name: 'from the trainer',
      format: 'TFJS_LAYERS',
      inputHeight: 28,
      inputWidth: 28,
      inputChannels: 1,
      classCount: 10,
      parameterCount: 7850,
      metadata,
    });
    expect(checkpoint?.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(checkpoint?.sizeBytes).toBeGreaterThan(7850 * 4);
  });

  it('may be relative or absolute, a folder, its model.json or an ONNX file', async () => {
    const folder = path.join(service.root, 'forms');
    await writeOnnxModel(path.join(service.root, 'forms.onnx'), folder, { seed: 3 });
    const answers = [
      await register('forms'),
      await register('./forms/'),
      await register('forms/../forms/model.json'),
      await register(folder),
    ];
    const ids = new Set(answers.map(({ checkpoint }) => checkpoint?.id));
    expect([...ids]).toEqual([expect.any(String)]);
    const onnx = await register('forms.onnx', 'the ONNX one');
    expect(onnx.checkpoint).toMatchObject({ name: 'the ONNX one', format: 'ONNX' });
    expect(ids.has(onnx.checkpoint?.id)).toBe(false);
  });

  it('may lead through a link that stays inside', async () => {
    await writeLayersModel(path.join(service.root, 'linked'), { seed: 4 });
    await symlink(path.join(service.root, 'linked'), path.join(service.root, 'current'));
    expect((await register('current')).checkpoint).toBeDefined();
  });

  it('may have any name that a file can have', async () => {
    const names = ['%2e%2e', 'a b', 'ключ', '..hidden', "quo'te"];
    for (const [index, name] of names.entries()) {
      await writeLayersModel(path.join(service.root, name), { seed: 100 + index });
      expect((await register(name)).checkpoint).toMatchObject({ name });
    }
  });
});

describe('a path outside the roots', () => {
  const FORBIDDEN: [string, () => string][] = [
    ['goes up', () => path.relative(service.root, outside)],
    ['goes up from a folder that exists', () => `layers/../../../..${outside}`],
    ['is absolute', () => outside],
    ['is the root of the machine', () => '/'],
    ['lies in /proc', () => `/proc/self/root${outside}`],
    ['is the working directory of the process', () => '/proc/self/cwd/package.json'],
    ['is a file of the system', () => '/etc/passwd'],
    ['holds a NUL', () => `layers\0/../..`],
    ['is encoded', () => '%2e%2e/%2e%2e/etc/passwd'],
    ['is encoded twice', () => '..%252f..%252fetc'],
    ['has the slashes of Windows', () => '..\\..\\etc\\passwd'],
    ['is an address', () => `file://${outside}`],
    ['means the home folder', () => '~/secret'],
    ['does not exist', () => 'nothing-here'],
    ['is too long for a file system', () => 'x'.repeat(4096)],
    ['shares the first letters of a root', () => `${service.root}-other/secret`],
  ];

  it.each(FORBIDDEN)('that %s is refused', async (_, given) => {
    const error = await refusal(given());
    expect(error.extensions.code).toBe('CHECKPOINT_PATH_FORBIDDEN');
  });

  it('is refused in the same words whether it exists or not', async () => {
    const there = await refusal(outside);
    const missing = await refusal(`${outside}-that-is-not-there`);
    expect(there.message).toBe(missing.message);
    expect(JSON.stringify([there, missing])).not.toContain(service.root);
  });

  it('is refused where a link leads to it, be it the folder or a file inside', async () => {
    await symlink(outside, path.join(service.root, 'escape'));
    expect((await refusal('escape')).extensions.code).toBe('CHECKPOINT_PATH_FORBIDDEN');
    const folder = await writeLayersModel(path.join(service.root, 'half'), { seed: 5 });
    await rename(path.join(folder, 'weights.bin'), path.join(folder, 'old.bin'));
    await symlink(path.join(outside, 'weights.bin'), path.join(folder, 'weights.bin'));
    const error = await refusal('half');
    expect(error.extensions.code).toBe('CHECKPOINT_INVALID');
    expect(error.message).not.toContain(outside);
  });

  it('is refused where it shares the beginning of a root that is a sibling folder', async () => {
    await mkdir(`${service.root}-other`);
    await writeLayersModel(`${service.root}-other/secret`, { seed: 6 });
    const error = await refusal(`${service.root}-other/secret`);
    expect(error.extensions.code).toBe('CHECKPOINT_PATH_FORBIDDEN');
  });

  it('is refused where it is empty or longer than any path', async () => {
    for (const given of ['', 'x'.repeat(4097)]) {
      expect((await refusal(given)).extensions).toMatchObject({
        code: 'BAD_USER_INPUT',
        fields: [{ path: 'path' }],
      });
    }
  });
});

describe('what is no checkpoint', () => {
  it('is refused with the reason', async () => {
    await writeFile(path.join(service.root, 'notes.txt'), 'hello');
    await writeFile(path.join(service.root, 'broken.onnx'), 'hello');
    await mkdir(path.join(service.root, 'empty'));
    await writeLayersModel(path.join(service.root, 'long'), { seed: 7 });
    await appendFile(path.join(service.root, 'long', 'weights.bin'), 'more');
    expect((await refusal('notes.txt')).extensions.code).toBe('CHECKPOINT_FORMAT_UNKNOWN');
    expect((await refusal('broken.onnx')).extensions.code).toBe('ONNX_UNREADABLE');
    expect((await refusal('empty')).extensions.code).toBe('CHECKPOINT_FORMAT_UNKNOWN');
    expect((await refusal('.')).extensions.code).toBe('CHECKPOINT_FORMAT_UNKNOWN');
    expect((await refusal('long')).message).toContain('31404 bytes');
  });
});

describe('text that PostgreSQL can not store', () => {
  it('is refused in a name, and dropped from what the trainer wrote', async () => {
    await writeLayersModel(path.join(service.root, 'nul'), {
      seed: 8,
      metadata: { name: 'a\0b', notes: ['\0', { 'k\0': '\ud800' }], fine: 'ünï 😀' },
    });
    expect((await refusal('nul', 'x\0y')).extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: [{ path: 'name' }],
    });
    const { checkpoint, errors } = await register('nul');
    expect(errors).toEqual([]);
    expect(checkpoint).toMatchObject({ metadata: { fine: 'ünï 😀' } });
    expect(JSON.stringify(checkpoint)).not.toContain('\\u0000');
  });

  it('and notes nested without end are refused', async () => {
    const folder = await writeLayersModel(path.join(service.root, 'deep'), { seed: 11 });
    const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    await writeFile(path.join(folder, 'metadata.json'), `{"a":${nested}}`);
    expect((await refusal('deep')).extensions.code).toBe('CHECKPOINT_INVALID');
  });
});
