/** `assay convert` from the terminal: what it writes, what it refuses, and that a refusal leaves nothing behind. */
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sequentialModel } from '../../../src/checkpoints/formats/model-shapes';
import { writePytorch } from '../../../src/checkpoints/formats/writers/write-pytorch';
import { stateDictOf } from '../../../src/checkpoints/formats/writers/state-dict-of';
import type { Conversion } from '../../../src/conversion/convert-checkpoint';
import { writeOnnx } from '../../../src/inference/onnx/write-onnx';
import { temporaryFolder } from '../../support/temporary-folder';
import { everyLayer, flatten, relu } from '../../unit/writers/models';
import { jsonOf, runAssay } from './run-assay';

const YAML = `# Ours, with a remark that must stay.
architecture:
  - conv2d: { in: 3, out: 6, kernel: [3, 2], stride: [2, 1], padding: 1 }
  - batchnorm2d: 6
  - relu
  - maxpool2d: { kernel: 3, stride: 1, padding: 1 }
  - conv2d: { in: 6, out: 5, kernel: 3, padding: 1, bias: false }
  - avgpool2d: { kernel: 2, padding: 1 }
  - relu
  - dropout: 0.25
  - flatten
  - relu
  - linear: { in: 120, out: 7 }
  - relu
  - linear: { in: 7, out: 4, bias: false }
input: { height: 13, width: 10, channels: 3 }
classes: [a, b, c, d]
preprocessing: { mean: 0.5, std: 0.25 }
`;

let folder: string;
/** net.pth with net.yaml beside it. */
let source: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  source = path.join(folder, 'source', 'net.pth');
  await mkdir(path.dirname(source));
  const { stateDict } = stateDictOf(everyLayer(() => ''));
  await writeFile(source, writePytorch(stateDict));
  await writeFile(path.join(folder, 'source', 'net.yaml'), YAML);
});

const inFolder = (...parts: string[]): string => path.join(folder, ...parts);

async function convert(...args: string[]): Promise<Conversion> {
  return jsonOf(await runAssay('convert', ...args, '--json')) as Conversion;
}

/** The code at the start of what is printed. */
async function refusal(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runAssay('convert', ...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  return /^[A-Z_]+/.exec(stderr)?.[0] ?? stderr;
}

test('a round through all formats keeps outputs, and state dicts keep their description as it is', async () => {
  const steps: [from: string, to: string, format: string, says: boolean][] = [
    [source, inFolder('a.safetensors'), 'safetensors', true],
    [inFolder('a.safetensors'), inFolder('b.pt'), 'pytorch-state-dict', true],
    [inFolder('b.pt'), `${inFolder('tf')}/`, 'tfjs-layers', false],
    [inFolder('a.safetensors'), inFolder('c.onnx'), 'onnx', false],
    [inFolder('c.onnx'), inFolder('d.pth'), 'pytorch-state-dict', true],
    [inFolder('tf'), inFolder('e.onnx'), 'onnx', true],
  ];
  for (const [from, to, format, says] of steps) {
    const {
      to: result,
      files,
      images,
      largestDifference,
      preprocessingToGive,
    } = await convert(from, to);
    expect(result).toMatchObject({
      format,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(images).toBe(256);
    expect(largestDifference).toBeLessThan(1e-5);
    // tfjs and onnx files can't hold it; from them on it is the default.
    expect(preprocessingToGive).toEqual(
      says
        ? undefined
        : expect.objectContaining({ mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] }),
    );
    expect(files.every((file) => path.isAbsolute(file))).toBe(true);
  }
  expect((await readdir(folder)).toSorted()).toEqual([
    ...['a.safetensors', 'a.yaml', 'b.pt', 'b.yaml', 'c.onnx', 'd.pth', 'd.yaml', 'e.onnx'],
    ...['source', 'tf'],
  ]);
  expect(await readFile(inFolder('b.yaml'), 'utf8')).toBe(YAML);
});

test('says what it did, and how to register what the format can not say', async () => {
  const { code, stdout } = await runAssay('convert', source, inFolder('net.onnx'));
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^Read +.*net\.pth \(pytorch-state-dict, [\d.]+ kB, sha256 [0-9a-f]{12}…\)$/m,
  );
  expect(stdout).toContain(`Wrote     ${inFolder('net.onnx')}\n`);
  expect(stdout).toMatch(/^Checked +on 256 images: outputs differ by at most \S+$/m);
  expect(stdout).toContain(
    '--mean=0.5,0.5,0.5 --std=0.25,0.25,0.25 --channel-order RGB --output logits',
  );
});

test('a state dict joins another one that has the same description', async () => {
  await convert(source, inFolder('source', 'net.safetensors'));
  expect(await readFile(inFolder('source', 'net.yaml'), 'utf8')).toBe(YAML);
});

test('a description elsewhere is given with --architecture, and only to state dicts', async () => {
  const yaml = inFolder('elsewhere.yaml');
  await writeFile(yaml, YAML);
  await rm(inFolder('source', 'net.yaml'));
  const to = inFolder('net.onnx');
  expect(await refusal(source, to)).toBe('CHECKPOINT_TENSORS_MISMATCH');
  expect(await refusal(source, to, '--architecture', inFolder('none.yaml'))).toBe(
    'CONVERT_ARCHITECTURE_NOT_FOUND',
  );
  await convert(source, to, '--architecture', yaml);
  expect(await refusal(to, inFolder('back.pth'), '--architecture', yaml)).toBe(
    'CONVERT_ARCHITECTURE_UNUSED',
  );
});

describe('what is there', () => {
  test('is never replaced without --force: neither the file, nor a description that says otherwise', async () => {
    await writeFile(inFolder('net.safetensors'), 'mine');
    expect(await refusal(source, inFolder('net.safetensors'))).toBe('CONVERT_TARGET_EXISTS');
    await writeFile(inFolder('other.yaml'), 'mine');
    expect(await refusal(source, inFolder('other.safetensors'))).toBe('CONVERT_TARGET_EXISTS');
    expect((await readdir(folder)).toSorted()).toEqual(['net.safetensors', 'other.yaml', 'source']);
    expect(await readFile(inFolder('net.safetensors'), 'utf8')).toBe('mine');
  });

  test('is replaced with --force', async () => {
    await writeFile(inFolder('net.onnx'), 'mine');
    await convert(source, inFolder('net.onnx'), '--force');
    await convert(source, `${inFolder('tf')}/`);
    expect(await refusal(source, `${inFolder('tf')}/`)).toBe('CONVERT_TARGET_EXISTS');
    await convert(inFolder('net.onnx'), `${inFolder('tf')}/`, '--force');
    expect((await readdir(folder)).toSorted()).toEqual(['net.onnx', 'source', 'tf']);
  });

  test('is never replaced where it is a folder with other things, or one instead of a file', async () => {
    await convert(source, `${inFolder('tf')}/`);
    await writeFile(inFolder('tf', 'thesis.doc'), 'mine');
    const { stderr } = await runAssay('convert', source, `${inFolder('tf')}/`, '--force');
    expect(stderr).toMatch(/^CONVERT_TARGET_OCCUPIED: .*"thesis\.doc"/);
    await mkdir(inFolder('net.onnx'));
    expect(await refusal(source, inFolder('net.onnx'), '--force')).toBe('CONVERT_TARGET_OCCUPIED');
    await writeFile(inFolder('file'), 'mine');
    expect(await refusal(source, `${inFolder('file')}/`, '--force')).toBe(
      'CONVERT_TARGET_OCCUPIED',
    );
    expect(await readFile(inFolder('tf', 'thesis.doc'), 'utf8')).toBe('mine');
  });

  test('is used where it is an empty folder', async () => {
    await mkdir(inFolder('tf'));
    await convert(source, inFolder('tf'), '--format', 'tfjs');
    expect((await readdir(inFolder('tf'))).toSorted()).toEqual(['model.json', 'weights.bin']);
  });
});

describe('a refusal leaves nothing behind:', () => {
  afterEach(async () => {
    const names = await readdir(folder);
    expect(names.filter((name) => !['source', 'linear.onnx'].includes(name))).toEqual([]);
  });

  test('weights that are not numbers', async () => {
    const { stateDict } = stateDictOf(everyLayer(() => ''));
    stateDict.get('12.weight')?.values.fill(Number.NaN);
    await writeFile(source, writePytorch(stateDict));
    for (const name of ['net.onnx', 'net.safetensors', 'tf/']) {
      expect(await refusal(source, path.join(folder, '/') + name)).toBe('LOGITS_NOT_FINITE');
    }
  });

  test('a folder that is not there, or can not be written to', async () => {
    expect(await refusal(source, inFolder('none', 'net.onnx'))).toBe('CONVERT_NOT_WRITTEN');
    expect(await refusal(source, '/proc/net.onnx')).toBe('CONVERT_NOT_WRITTEN');
  });

  test('names that say no format, or another one', async () => {
    expect(await refusal(source, inFolder('net'))).toBe('CONVERT_FORMAT_UNKNOWN');
    expect(await refusal(source, inFolder('net.bin'))).toBe('CONVERT_FORMAT_UNKNOWN');
    expect(await refusal(source, inFolder('net.bin'), '--format', 'pth')).toBe(
      'CONVERT_FORMAT_MISMATCH',
    );
    expect(await refusal(source, inFolder('net.onnx'), '--format', 'pth')).toBe(
      'CONVERT_FORMAT_MISMATCH',
    );
    expect(await refusal(source, inFolder('net.onnx'), '--format', 'tfjs')).toBe(
      'CONVERT_FORMAT_MISMATCH',
    );
  });

  test('a source that is not there, or is no checkpoint', async () => {
    expect(await refusal(inFolder('none.pth'), inFolder('net.onnx'))).toBe('CHECKPOINT_NOT_FOUND');
    await writeFile(source, 'not a checkpoint');
    expect(await refusal(source, inFolder('net.onnx'))).toBe('PYTORCH_ZIP_INVALID');
  });

  test('a model that has nothing trained in it', async () => {
    const { inputShape } = everyLayer();
    const bare = sequentialModel(inputShape, [relu, flatten]);
    await writeFile(inFolder('source', 'bare.onnx'), writeOnnx(bare));
    for (const name of ['net.onnx', 'net.pth', 'net.safetensors', 'tf/']) {
      expect(await refusal(inFolder('source', 'bare.onnx'), path.join(folder, '/') + name)).toBe(
        'CONVERT_NO_WEIGHTS',
      );
    }
  });

  test('an ONNX graph with an operator that other formats have no layer for', async () => {
    const onnx = Buffer.from(writeOnnx(everyLayer()));
    // As long as Relu, and as unary.
    for (let at = onnx.indexOf('Relu'); at >= 0; at = onnx.indexOf('Relu', at + 1))
      onnx.write('Tanh', at);
    await writeFile(inFolder('linear.onnx'), onnx);
    const { stderr } = await runAssay('convert', inFolder('linear.onnx'), inFolder('net.pth'));
    expect(stderr).toMatch(/^CONVERT_OPERATION_UNSUPPORTED: .*"Tanh"/);
  });
});

test('new files can be read by all, as any program writes them', async () => {
  await chmod(folder, 0o755);
  await convert(source, `${inFolder('tf')}/`);
  const { mode } = await stat(inFolder('tf'));
  expect(mode & 0o777).toBe(0o755);
});
