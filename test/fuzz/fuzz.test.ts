/** The short run of the fuzzer, in every build, and that it would tell what it is there to tell. */
import { checkpointDigest } from '../../src/checkpoints/formats/checkpoint-digest';
import { fuzz } from './fuzz';
import { filesFor, READER_NAMES, type ReaderName, soundFiles } from './readers';
import { readThrough } from './read-through';

const FILES = 5_000;
const SEED = 20_240_607;

/** The mutations must get past the frame of a file to all that is read inside. */
const REACHED: Readonly<Record<ReaderName, readonly string[]>> = {
  pytorch: [
    'CHECKPOINT_TENSORS_MISMATCH',
    'PYTORCH_PICKLE_FORBIDDEN',
    'PYTORCH_PICKLE_INVALID',
    'PYTORCH_PICKLE_LIMIT',
    'PYTORCH_PICKLE_OPCODE',
    'PYTORCH_TENSOR_BOUNDS',
    'PYTORCH_ZIP_CRC',
    'PYTORCH_ZIP_INVALID',
  ],
  safetensors: [
    'CHECKPOINT_TENSORS_MISMATCH',
    'SAFETENSORS_DTYPE',
    'SAFETENSORS_DUPLICATE_KEY',
    'SAFETENSORS_HEADER_INVALID',
    'SAFETENSORS_HEADER_NESTED',
    'SAFETENSORS_HEADER_TOO_LARGE',
    'SAFETENSORS_OVERLAP',
    'SAFETENSORS_SHAPE',
    'SAFETENSORS_SIZE_MISMATCH',
    'SAFETENSORS_TRAILING_BYTES',
    'SAFETENSORS_TRUNCATED',
  ],
  onnx: [
    'CHECKPOINT_EXTERNAL_DATA',
    'CHECKPOINT_LAYERS_MISMATCH',
    'ONNX_NOT_A_CLASSIFIER',
    'ONNX_OPERATOR_FORBIDDEN',
    'ONNX_UNREADABLE',
  ],
  'tfjs-layers': [
    'CHECKPOINT_INVALID',
    'CHECKPOINT_LAYERS_MISMATCH',
    'TFJS_PATH_FORBIDDEN',
    'TFJS_WEIGHTS_LENGTH',
    'TFJS_WEIGHTS_MISSING',
  ],
  'tfjs-graph': ['CHECKPOINT_INVALID', 'TFJS_PATH_FORBIDDEN', 'TFJS_WEIGHTS_LENGTH'],
  architecture: [
    'CHECKPOINT_ARCHITECTURE_INVALID',
    'CHECKPOINT_LAYERS_MISMATCH',
    'CHECKPOINT_TENSORS_MISMATCH',
  ],
};

describe.each(READER_NAMES)('%s', (reader) => {
  test(`reads or refuses ${FILES} mutated files, each without hanging`, async () => {
    const report = await fuzz({ reader, seed: SEED, from: 0, count: FILES });
    const failures = report.failures.map(({ index, kind, reason }) => ({ index, kind, reason }));
    expect(failures).toEqual([]);
    expect(report.files).toBe(FILES);
    expect(report.accepted).toBeGreaterThan(FILES / 100);
    expect([...report.refused.keys()]).toEqual(expect.arrayContaining([...REACHED[reader]]));
  });

  test('finds a file again by its seed and index', () => {
    const indices = Array.from({ length: 40 }, (_, index) => index);
    const [first, second] = [filesFor(reader, SEED), filesFor(reader, SEED)];
    const files = indices.map(first);
    expect(indices.toReversed().map(second).toReversed()).toEqual(files);
    const digests = files.map(({ files: named }) => checkpointDigest(named));
    expect(new Set(digests).size).toBeGreaterThan(30);
    expect(indices.map(filesFor(reader, SEED + 1))).not.toEqual(files);
  });

  test('reads at least one of the files that are mutated', async () => {
    const codes = await Promise.all(
      soundFiles(reader).map((base) => readThrough({ kind: 'none', ...base })),
    );
    expect(codes).toContain(undefined);
  });
});

/** Milliseconds of the processor. */
function work(ms: number): void {
  const started = process.cpuUsage();
  const used = (): number => {
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1000;
  };
  while (used() < ms);
}

describe('what fails', () => {
  const request = { reader: 'tfjs-layers', seed: SEED, from: 7, count: 3 } as const;
  const onlyAt = (wanted: number, what: () => void) => {
    let index = request.from - 1;
    return fuzz(
      request,
      (next) => (index = next),
      () => {
        if (index === wanted) what();
        return Promise.resolve('REFUSED');
      },
    );
  };

  test('is told with its index where an error is none of our own', async () => {
    const report = await onlyAt(8, () => {
      throw new RangeError('out of reach');
    });
    expect(report.failures).toMatchObject([
      { index: 8, reason: expect.stringContaining('RangeError: out of reach') as unknown },
    ]);
    expect([...report.refused]).toEqual([['REFUSED', 2]]);
  });

  test('is told where a file is slow twice', async () => {
    const report = await onlyAt(9, () => {
      work(1_050);
    });
    expect(report.slowest).toMatchObject({ index: 9 });
    expect(report.failures).toMatchObject([
      { index: 9, reason: expect.stringMatching(/^it took \d{4} ms$/) as unknown },
    ]);
  });

  test('is not told where a file was slow once, as on a busy machine', async () => {
    let times = 0;
    const report = await onlyAt(9, () => {
      work(times++ === 0 ? 1_050 : 0);
    });
    expect(report.failures).toEqual([]);
  });
});
