/** What the fuzzer has found, or led to: each stays mended, found by its own test at once. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { MemoryByteSource } from '../../src/checkpoints/formats/byte-source';
import { isShallowYaml } from '../../src/checkpoints/architectures/shallow-yaml';
import { MAX_SIDECAR_BYTES, parseYaml } from '../../src/checkpoints/architectures/parse-yaml';
import {
  describeCheckpoint,
  describeOnnx,
} from '../../src/checkpoints/formats/describe-checkpoint';
import { describeSources } from '../../src/checkpoints/formats/describe-sources';
import { sequentialModel } from '../../src/checkpoints/formats/model-shapes';
import { readOnnxChain } from '../../src/checkpoints/formats/onnx/onnx-chain';
import { GRAPH } from '../../src/checkpoints/formats/onnx/onnx-schema';
import { readOnnx } from '../../src/checkpoints/formats/onnx/read-onnx';
import { readTfjsLayers } from '../../src/checkpoints/formats/tfjs-layers';
import { readTfjsGraph } from '../../src/checkpoints/formats/tfjs-graph';
import { writeTfjsLayers } from '../../src/checkpoints/formats/writers/write-tfjs-layers';
import { defaultPreprocessing } from '../../src/checkpoints/preprocessing';
import { encode } from '../../src/conversion/encode';
import { TARGET_FORMATS, targetOf } from '../../src/conversion/target';
import { writeOnnx } from '../../src/inference/onnx/write-onnx';
import { writeNode } from '../../src/inference/onnx/onnx-encoder';
import { graphCheckpoint, tinyNodes, tinySignature } from '../unit/inference-tfjs/graph-models';
import { linearNodes, onnxFile, type OnnxFileSpec } from '../unit/inference/support/onnx-file';
import { thrownBy } from '../unit/inference/support/thrown-by';
import { flatten, Weights } from '../unit/writers/models';
import { safetensorsBases } from './bases';

const INVALID = { code: 'CHECKPOINT_INVALID' };
/** As JSON can say them: Number() and String() call it, and throw a TypeError. */
const POISONED = { toString: 1 };

const graphWith = (op: string, attr: Record<string, unknown>) => {
  const nodes = tinyNodes().map((node) =>
    node.op === op ? { ...node, attr: { ...node.attr, ...attr } } : node,
  );
  return thrownBy(() => readTfjsGraph(graphCheckpoint({ nodes })));
};

describe('a number in a tfjs model', () => {
  test.each([
    ['an object with a toString of its own', { list: { i: ['1', POISONED, '1', '1'] } }],
    ['a text that tfjs takes for 0', { list: { i: ['1', '0x10', '1', '1'] } }],
    ['a text that tfjs takes for 1', { list: { i: ['1', '1e3', '1', '1'] } }],
    [
      'another list that tfjs takes instead',
      { list: { i: ['1', '1', '1', '1'], f: [0, 0, 0, 0] } },
    ],
  ])('that is %s is refused where a window needs it', (_, strides) => {
    expect(graphWith('Conv2D', { strides })).toMatchObject(INVALID);
  });

  test('of a shape that is an object with a toString of its own is refused', () => {
    const signature = tinySignature();
    const size = POISONED as unknown as string;
    signature.inputs.x.tensorShape.dim.splice(1, 1, { size });
    expect(thrownBy(() => readTfjsGraph(graphCheckpoint({ signature })))).toMatchObject(INVALID);
  });
});

describe('a model that is written as ONNX', () => {
  test.each([
    { height: 2, width: 1, channels: 2 },
    { height: 2, width: 2, channels: 1 },
    { height: 3, width: 3, channels: 3 },
    { height: 1, width: 1, channels: 4 },
  ])('has the same images, %j, and the same layers, when it is read again', (inputShape) => {
    const size = inputShape.height * inputShape.width * inputShape.channels;
    const model = sequentialModel(inputShape, [flatten, new Weights().dense('1', 3, size)]);
    const files = writeTfjsLayers(model);
    const tfjs = describeCheckpoint({ format: 'tfjs-layers', files, digest: '', sizeBytes: 0 });
    const bytes = writeOnnx(
      readTfjsLayers({ format: 'tfjs-layers', files, digest: '', sizeBytes: 0 }),
    );
    const onnx = describeOnnx(readOnnx(bytes));
    expect(onnx).toMatchObject({ inputShape, classCount: 3 });
    expect({ ...onnx, architecture: '' }).toEqual({ ...tfjs, architecture: '' });
    expect(readOnnxChain(bytes)).toMatchObject({ inputShape, classCount: 3 });
  });
});

test.each(TARGET_FORMATS)('a model without weights is not converted to %s', (format) => {
  const model = sequentialModel({ height: 2, width: 2, channels: 1 }, [{ kind: 'relu' }, flatten]);
  const checkpoint = { format: 'onnx', files: new Map(), digest: '', sizeBytes: 0 } as const;
  const preprocessing = defaultPreprocessing({ channels: 1, endsInSoftmax: false });
  const source = { checkpoint, model, preprocessing, classNames: undefined, sidecar: undefined };
  const target = targetOf(format === 'tfjs' ? 'net/' : `net.${format}`);
  expect(thrownBy(() => encode(source, target))).toMatchObject({ code: 'CONVERT_NO_WEIGHTS' });
});

describe('YAML that nests', () => {
  const FLOODS = ['[', '{', '- ', '? ', ': ', '{a: ', '[{"a":', '? - ', '- &a ', '"]",', '[]: '];

  test.each(
    FLOODS.flatMap((part) => ['', 'a: { b: 1', 'a: [', '- '].map((start) => [start, part])),
  )(
    'as %j and then %j without end is refused before its parser can exhaust the stack',
    (start = '', part = '') => {
      const started = performance.now();
      const bytes = Buffer.concat([Buffer.from(start), Buffer.alloc(60_000, part)]);
      const error = thrownBy(() => parseYaml(bytes)) as Error;
      expect(error).toMatchObject({ code: 'CHECKPOINT_ARCHITECTURE_INVALID' });
      expect(error.message).not.toContain('call stack');
      expect(performance.now() - started).toBeLessThan(10_000);
    },
  );

  test('line by line is deep too', () => {
    const lines = Array.from({ length: 300 }, (_, i) => `${' '.repeat(i)}a:\n`);
    expect(isShallowYaml(lines.join(''))).toBe(false);
  });

  test.each([
    [
      'as descriptions do',
      'architecture:\n  - conv2d: { in: 1, out: 8, kernel: [3, 3] }\n  - relu\n',
    ],
    [
      'as JSON in one line',
      JSON.stringify({ architecture: new Array(200).fill({ linear: { in: 1, out: 2 } }) }),
    ],
    ['with brackets in its texts', `classes: [${"'[{- ? :', ".repeat(50)} b]`],
    [
      'with brackets in a block of text',
      `classes: |\n${'  [[[[[[[[[[ - - - - - - -\n'.repeat(50)}`,
    ],
  ])('%s is no deeper than is allowed', (_, text) => {
    expect(isShallowYaml(text)).toBe(true);
  });
});

test('YAML that is too large is refused by the same code whether or not it is read', async () => {
  const [base] = safetensorsBases().filter(({ files }) => files.has('net.yaml'));
  const sources = new Map(
    [...(base?.files ?? [])].map(([name, bytes]) => [name, new MemoryByteSource(bytes)]),
  ).set('net.yaml', new MemoryByteSource(Buffer.alloc(MAX_SIDECAR_BYTES + 1, '#')));
  await expect(describeSources('safetensors', sources)).rejects.toMatchObject({
    code: 'CHECKPOINT_ARCHITECTURE_INVALID',
  });
});

describe('protobuf that two readers read in two ways', () => {
  const sound = Buffer.from(onnxFile());
  const before = (...bytes: number[]) => Buffer.concat([Buffer.from(bytes), sound]);

  test.each([
    ['a group', before(0x9b, 0x06, 0x08, 0x01, 0x9c, 0x06)],
    ['a number of twelve bytes', before(0x98, 0x06, ...new Array<number>(11).fill(0x80), 0)],
    ['a length of 2^32', before(0x9a, 0x06, 0x80, 0x80, 0x80, 0x80, 0x10)],
    ['a length of six bytes', before(0x9a, 0x06, 0x80, 0x80, 0x80, 0x80, 0x80, 0)],
    ['a tag of six bytes', before(0x98, 0x86, 0x80, 0x80, 0x80, 0, 1)],
  ])('as %s is refused, by the index as by all bytes', async (_, bytes) => {
    const refused = { code: 'ONNX_UNREADABLE' };
    expect(thrownBy(() => readOnnx(bytes))).toMatchObject(refused);
    const sources = new Map([['x.onnx', new MemoryByteSource(bytes)]]);
    await expect(describeSources('onnx', sources)).rejects.toMatchObject(refused);
  });

  test('is read where a length has more bytes than it needs, but no more than five', () => {
    expect(readOnnx(before(0x9a, 0x06, 0x80, 0x80, 0x80, 0x80, 0)).inputs).toHaveLength(1);
  });
});

describe('an ONNX chain', () => {
  const initializers = {
    weight: { shape: [3, 4], data: new Float32Array(12) },
    bias: { shape: [3], data: new Float32Array(3) },
  };
  const refusalOf = (spec: OnnxFileSpec) =>
    thrownBy(() => readOnnxChain(onnxFile({ initializers, ...spec }))) as Error;

  test('whose output says another number of classes than its layers give is refused', () => {
    expect(refusalOf({ outputs: { logits: ['n', 4] } })).toMatchObject(INVALID);
  });

  test('with a bias that ONNX would stretch is refused', () => {
    const bias = { shape: [1], data: new Float32Array(1) };
    expect(refusalOf({ initializers: { ...initializers, bias } })).toMatchObject({
      code: 'CONVERT_OPERATION_UNSUPPORTED',
    });
  });

  test.each([
    ['transB', 2],
    ['transB', -1],
  ])('with a %s of %i, which runtimes take for 1, is refused', (name, value) => {
    const nodes = linearNodes().map((node) =>
      node.opType === 'Gemm' ? { ...node, attributes: { [name]: value } } : node,
    );
    expect(refusalOf({ nodes })).toMatchObject({
      code: 'CONVERT_OPERATION_UNSUPPORTED',
      message: expect.stringContaining('neither 0 nor 1') as unknown,
    });
  });

  test('with a pool whose count_include_pad is neither 0 nor 1 is refused', () => {
    const attributes = { kernel_shape: [1, 1], count_include_pad: 2 };
    const pool = { opType: 'AveragePool', name: 'p', inputs: ['images'], output: 'p', attributes };
    expect(refusalOf({ nodes: [pool, ...linearNodes('p')] })).toMatchObject({
      code: 'CONVERT_OPERATION_UNSUPPORTED',
      message: expect.stringContaining('neither 0 nor 1') as unknown,
    });
  });

  test('with weights of no values is refused', () => {
    const weight = { shape: [3, 0], data: new Float32Array() };
    expect(refusalOf({ initializers: { ...initializers, weight } })).toMatchObject({
      code: 'CONVERT_OPERATION_UNSUPPORTED',
      message: expect.stringContaining('has no values') as unknown,
    });
  });

  test('with strides that no other format takes is refused', () => {
    const conv = { kernel_shape: [1, 1], strides: [1, 2 ** 31] };
    const [flat, gemm] = linearNodes('pooled');
    const pool = { opType: 'MaxPool', name: 'p', inputs: ['images'], output: 'pooled' };
    if (flat === undefined || gemm === undefined)
      throw new Error('a linear classifier has two nodes');
    expect(refusalOf({ nodes: [{ ...pool, attributes: conv }, flat, gemm] })).toMatchObject({
      code: 'CONVERT_OPERATION_UNSUPPORTED',
    });
  });

  test('speaks to no terminal by the name of an attribute', () => {
    const writer = new BinaryWriter();
    writeNode(writer, {
      opType: 'Relu',
      name: 'r',
      inputs: ['images'],
      output: 'logits',
      attributes: { '\u009b2J': 1 },
    });
    const node = writer.finish();
    const { message } = refusalOf({
      nodes: [],
      extra: (graph) => graph.tag(GRAPH.node, WireType.LengthDelimited).bytes(node),
    });
    expect(message).toContain('\\u009b2J');
    expect(message).not.toContain('\u009b');
  });

  test('of images that are longer than any is refused', () => {
    expect(refusalOf({ inputs: { images: ['n', 1, 4, 10_000] } })).toMatchObject({
      code: 'ONNX_NOT_A_CLASSIFIER',
    });
  });
});
