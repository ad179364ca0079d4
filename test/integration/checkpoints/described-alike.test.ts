/** What is said of a checkpoint without its weights is what is said with them, refusals included. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CheckpointFormat } from '../../../src/checkpoints/formats/checkpoint-files';
import { MemoryByteSource } from '../../../src/checkpoints/formats/byte-source';
import { describeCheckpoint } from '../../../src/checkpoints/formats/describe-checkpoint';
import { describeSources } from '../../../src/checkpoints/formats/describe-sources';
import { listLayers, listLayersOfSources } from '../../../src/checkpoints/formats/list-layers';
import { readCheckpoint } from '../../../src/checkpoints/formats/read-checkpoint';
import { writeLayersModel, writeOnnxModel } from '../../support/layers-models';
import { temporaryFolder } from '../../support/temporary-folder';
import { writeLargeOnnx, writeLargePytorch, writeLargeSafetensors } from './large-files';

type Files = Map<string, Uint8Array>;

it('a tfjs model is described alike, without its weight files', async () => {
  const folder = await writeLayersModel(path.join(await temporaryFolder(), 'net'), {
    filters: [3, 4],
    metadata: { name: 'net' },
  });
  const { format, files } = await readCheckpoint(folder);
  const { whole, index } = await bothWays(format, new Map(files));
  expect(whole).toMatchObject({ classCount: 10, metadata: { name: 'net' } });
  expect(index).toEqual(whole);
  const layers = await layersBothWays(format, new Map(files));
  expect(layers.whole.map(({ kind }) => kind)).toContain('conv 3→4 3×3');
  expect(layers.index).toEqual(layers.whole);
});

const FORMATS: [string, CheckpointFormat, (folder: string) => Promise<string[]>][] = [
  [
    'ONNX',
    'onnx',
    async (folder) => [
      await writeOnnxModel(path.join(folder, 'm.onnx'), path.join(folder, 'layers'), {
        filters: [40, 40],
      }),
    ],
  ],
  ['ONNX of three weights', 'onnx', async (folder) => [await writeLargeOnnx(folder, 100)]],
  [
    'PyTorch',
    'pytorch-state-dict',
    async (folder) => [
      await writeLargePytorch(folder, 100),
      path.join(folder, 'large-pytorch.yaml'),
    ],
  ],
  [
    'safetensors',
    'safetensors',
    async (folder) => [
      await writeLargeSafetensors(folder, 100),
      path.join(folder, 'large-safetensors.yaml'),
    ],
  ],
];

async function filesOf(make: (folder: string) => Promise<string[]>): Promise<Files> {
  const folder = await temporaryFolder();
  await mkdir(folder, { recursive: true });
  const paths = await make(folder);
  return new Map(
    await Promise.all(
      paths.map(async (file): Promise<[string, Uint8Array]> => [
        path.basename(file),
        await readFile(file),
      ]),
    ),
  );
}

/** The layers, by the whole files and by their index. */
async function layersBothWays(format: CheckpointFormat, files: Files) {
  const sources = new Map([...files].map(([name, bytes]) => [name, new MemoryByteSource(bytes)]));
  return {
    whole: listLayers({ format, files, digest: '', sizeBytes: 0 }),
    index: await listLayersOfSources(format, sources),
  };
}

/** The description, or the code of the refusal, by the whole files and by their index. */
async function bothWays(format: CheckpointFormat, files: Files) {
  const outcome = async (describe: () => unknown) => {
    try {
      return await describe();
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === undefined) throw error;
      return code;
    }
  };
  const sources = new Map([...files].map(([name, bytes]) => [name, new MemoryByteSource(bytes)]));
  const whole = { format, files, digest: '', sizeBytes: 0 };
  return {
    whole: await outcome(() => describeCheckpoint(whole)),
    index: await outcome(() => describeSources(format, sources)),
  };
}

describe.each(FORMATS)('%s', (_, format, make) => {
  let files: Files;
  let name: string;

  beforeAll(async () => {
    files = await filesOf(make);
    name = [...files.keys()][0] ?? '';
  });

  const bytes = () => files.get(name) ?? new Uint8Array();
  const changed = (change: (copy: Uint8Array) => Uint8Array): Files =>
    new Map(files).set(name, change(Uint8Array.from(bytes())));

  it('is described alike', async () => {
    const { whole, index } = await bothWays(format, files);
    expect(whole).toMatchObject({ classCount: 10, inputShape: { height: 28, width: 28 } });
    expect(index).toEqual(whole);
  });

  it('has the same layers', async () => {
    const { whole, index } = await layersBothWays(format, files);
    expect(whole.some(({ parameterCount }) => parameterCount > 0)).toBe(true);
    expect(index).toEqual(whole);
  });

  it('is refused alike where it is cut at any place', async () => {
    const { length } = bytes();
    const places = [0, 1, 3, 4, 7, 8, 20, 100, length >> 1, length - 100, length - 22, length - 1];
    for (const place of places) {
      const { whole, index } = await bothWays(
        format,
        changed((copy) => copy.subarray(0, place)),
      );
      expect(typeof whole).toBe('string');
      expect({ place, code: index }).toEqual({ place, code: whole });
    }
  });

  it('is refused alike where bytes come after its end', async () => {
    const { whole, index } = await bothWays(
      format,
      changed((copy) => Uint8Array.from([...copy, 0xff, 0xff, 0xff])),
    );
    expect(typeof whole).toBe('string');
    expect(index).toBe(whole);
  });
});

it('PyTorch weights that have changed are noticed though they are not kept', async () => {
  const files = await filesOf(FORMATS[2]?.[2] ?? (() => Promise.resolve([])));
  const [name = '', bytes = new Uint8Array()] = [...files][0] ?? [];
  const copy = Uint8Array.from(bytes);
  copy[copy.length >> 1] = (copy[copy.length >> 1] ?? 0) ^ 1;
  const { whole, index } = await bothWays('pytorch-state-dict', new Map(files).set(name, copy));
  expect([whole, index]).toEqual(['PYTORCH_ZIP_CRC', 'PYTORCH_ZIP_CRC']);
});

it('a file of nothing but small fields is refused in bounded time and memory', async () => {
  const folder = await temporaryFolder();
  const file = path.join(folder, 'many.onnx');
  // Fields of ten bytes each with an unknown number, 96 MiB of them.
  await writeFile(
    file,
    Buffer.alloc(96 * 2 ** 20, Buffer.from([0x7a, 0x08, 1, 2, 3, 4, 5, 6, 7, 8])),
  );
  const source = new MemoryByteSource(await readFile(file));
  await expect(describeSources('onnx', new Map([['many.onnx', source]]))).rejects.toMatchObject({
    code: 'ONNX_UNREADABLE',
  });
  // What takes quadratic time does not end within this.
}, 60_000);
