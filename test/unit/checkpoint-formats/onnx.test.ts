import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describeCheckpoint } from '../../../src/checkpoints/formats/describe-checkpoint';
import { contractOf } from '../../../src/checkpoints/formats/onnx/onnx-contract';
import {
  ATTRIBUTE,
  GRAPH,
  MODEL,
  NODE,
  TENSOR,
} from '../../../src/checkpoints/formats/onnx/onnx-schema';
import { readOnnx } from '../../../src/checkpoints/formats/onnx/read-onnx';
import { readTfjsLayers } from '../../../src/checkpoints/formats/tfjs-layers';
import { integer, message, type NodeSpec, text } from '../../../src/inference/onnx/onnx-encoder';
import { writeOnnx } from '../../../src/inference/onnx/write-onnx';
import { itWithReference, referenceFile } from '../../support/reference';
import { checkpointOf, layersCheckpoint, tinyCnn } from '../inference/support/layers-checkpoint';
import { linearNodes, onnxFile, type OnnxFileSpec } from '../inference/support/onnx-file';
import { thrownBy } from '../inference/support/thrown-by';

const tiny = tinyCnn();

function contract(spec: OnnxFileSpec): ReturnType<typeof contractOf> {
  return contractOf(readOnnx(onnxFile(spec)));
}

const opTypes = ({ nodes = [] }: OnnxFileSpec): string[] => nodes.map(({ opType }) => opType);

describe('the description of an ONNX file', () => {
  itWithReference('says what the reference checkpoint is', () => {
    const bytes = readFileSync(referenceFile('fashion-cnn.onnx'));
    expect(describeCheckpoint(checkpointOf({ 'fashion-cnn.onnx': bytes }))).toMatchObject({
      inputShape: { height: 28, width: 28, channels: 1 },
      classCount: 10,
      parameterCount: 806_890,
      architecture: 'Conv, Relu, Conv, Relu, MaxPool, Flatten, Gemm, Relu, Gemm',
    });
  });

  test('of a written layers model agrees with the description of the layers model', () => {
    const layers = layersCheckpoint(tiny.layers, tiny.weights);
    const written = checkpointOf({ 'tiny.onnx': writeOnnx(readTfjsLayers(layers)) });
    const { architecture, ...figures } = describeCheckpoint(written);
    expect(describeCheckpoint(layers)).toMatchObject(figures);
    expect(architecture).toBe('Conv, Relu, MaxPool, Flatten, Gemm');
  });
});

describe('the contract', () => {
  test('finds the place of the channels, and a batch that is fixed', () => {
    expect(contract({ inputs: { x: ['n', 3, 32, 24] } })).toMatchObject({
      layout: 'NCHW',
      inputShape: { height: 32, width: 24, channels: 3 },
      fixedBatch: undefined,
      inputName: 'x',
    });
    expect(contract({ inputs: { x: [8, 32, 24, 3] }, outputs: { y: [8, 5] } })).toMatchObject({
      layout: 'NHWC',
      inputShape: { height: 32, width: 24, channels: 3 },
      fixedBatch: 8,
      classCount: 5,
    });
  });

  test.each([
    ['Softmax', true],
    ['LogSoftmax', false],
    ['Sigmoid', false],
  ])('sees in the last node, %s, whether probabilities come out', (opType, endsInSoftmax) => {
    const node = (type: string, input: string, output: string): NodeSpec => ({
      opType: type,
      name: output,
      inputs: [input],
      output,
      attributes: {},
    });
    const rows = linearNodes().map((each) => ({
      ...each,
      output: each.output.replace('logits', 'z'),
    }));
    const direct = [...rows, node(opType, 'z', 'logits')];
    const handedOn = [...rows, node(opType, 'z', 'p'), node('Identity', 'p', 'logits')];
    for (const nodes of [direct, handedOn]) {
      expect(contract({ nodes }).endsInSoftmax).toBe(endsInSoftmax);
    }
    const described = describeCheckpoint(checkpointOf({ 'x.onnx': onnxFile({ nodes: direct }) }));
    expect(described.preprocessing.output).toBe(endsInSoftmax ? 'probabilities' : 'logits');
  });

  test('follows identities that run in a circle no further than there are nodes', () => {
    const nodes = ['a', 'logits'].map((output, i) => ({
      opType: 'Identity',
      name: output,
      inputs: [i === 0 ? 'logits' : 'a'],
      output,
      attributes: {},
    }));
    expect(contract({ nodes }).endsInSoftmax).toBe(false);
  });

  test('does not take a weight that is listed among the inputs for an input', () => {
    const weight = { shape: [3, 4], data: new Float32Array(12) };
    const spec = {
      inputs: { images: ['n', 1, 2, 2], weight: [3, 4] },
      initializers: { weight },
    };
    expect(contract(spec).inputName).toBe('images');
  });

  test.each<[string, OnnxFileSpec, RegExp]>([
    ['two inputs', { inputs: { a: ['n', 1, 2, 2], b: ['n', 1] } }, /one input, not 2 \("a"/],
    ['no output', { outputs: {} }, /one output, not 0/],
    ['a row as input', { inputs: { a: ['n', 784] } }, /not "a" \(float32, \[\?, 784\]\)/],
    ['a free height', { inputs: { a: ['n', 1, 'h', 28] } }, /\[\?, 1, \?, 28\]/],
    ['seven channels', { inputs: { a: ['n', 7, 28, 28] } }, /1 or 3 channels/],
    ['two channels', { inputs: { a: ['n', 2, 28, 28] } }, /up to 4 .* DATA_CHANNEL/],
    ['four channels', { inputs: { a: ['n', 28, 28, 4] } }, /up to 4 .* DATA_CHANNEL/],
    ['five channels', { inputs: { a: ['n', 5, 28, 28] }, channelAxis: 1 }, /\[\?, 5, 28, 28\]/],
    ['rows as channels', { inputs: { a: ['n', 28, 3, 28] }, channelAxis: 2 }, /\[\?, 28, 3, 28\]/],
    ['gigabytes of input', { inputs: { a: [4096, 3, 4096, 4096] } }, /\[4096, 3, 4096, 4096\]/],
    ['an image as output', { outputs: { y: ['n', 10, 7, 7] } }, /\[batch, classes\]/],
    ['a free number of classes', { outputs: { y: ['n', 'k'] } }, /fixed number of classes/],
    ['one class', { outputs: { y: ['n', 1] } }, /fixed number of classes/],
    ['gigabytes of output', { outputs: { y: [2 ** 30, 5] } }, /\[1073741824, 5\]/],
    [
      'a loop',
      { nodes: [{ opType: 'Loop', name: 'l', inputs: [], output: 'logits', attributes: {} }] },
      /Loop/,
    ],
    ['batches that differ', { inputs: { a: [2, 1, 2, 2] }, outputs: { y: [3, 5] } }, /scores/],
  ])('refuses %s and says what it found', (_, spec, reason) => {
    expect(thrownBy(() => contract(spec))).toMatchObject({
      code: opTypes(spec).includes('Loop') ? 'ONNX_OPERATOR_FORBIDDEN' : 'ONNX_NOT_A_CLASSIFIER',
      message: expect.stringMatching(reason) as unknown,
    });
  });
});

describe('data in another file', () => {
  const externalTensor = (writer: BinaryWriter): void => {
    integer(writer, TENSOR.dims, 1);
    integer(writer, TENSOR.dataType, 1);
    text(writer, TENSOR.name, 'secret');
    message(writer, TENSOR.externalData, () => {
      text(writer, 1, 'location');
      text(writer, 2, '../../etc/passwd');
    });
  };
  const constant = (writer: BinaryWriter): void => {
    message(writer, GRAPH.node, () => {
      text(writer, NODE.opType, 'Constant');
      message(writer, NODE.attribute, () => {
        message(writer, ATTRIBUTE.t, () => {
          externalTensor(writer);
        });
      });
    });
  };

  test.each<[string, (writer: BinaryWriter) => void]>([
    [
      'a weight',
      (writer) => {
        message(writer, GRAPH.initializer, () => {
          externalTensor(writer);
        });
      },
    ],
    [
      'a weight marked so without a place',
      (writer) => {
        message(writer, GRAPH.initializer, () => {
          integer(writer, TENSOR.dataLocation, 1);
        });
      },
    ],
    [
      'the values of a sparse weight',
      (writer) => {
        message(writer, GRAPH.sparseInitializer, () => {
          message(writer, 1, () => {
            externalTensor(writer);
          });
        });
      },
    ],
    ['a constant', constant],
    [
      'a constant in a nested graph',
      (writer) => {
        message(writer, GRAPH.node, () => {
          message(writer, NODE.attribute, () => {
            message(writer, ATTRIBUTE.g, () => {
              constant(writer);
            });
          });
        });
      },
    ],
  ])('is refused in %s', (_, extra) => {
    expect(thrownBy(() => readOnnx(onnxFile({ extra })))).toMatchObject({
      code: 'CHECKPOINT_EXTERNAL_DATA',
    });
  });

  test('is refused in a function of the model', () => {
    const writer = new BinaryWriter();
    message(writer, MODEL.functions, () => {
      message(writer, 7, () => {
        message(writer, NODE.attribute, () => {
          message(writer, ATTRIBUTE.tensors, () => {
            externalTensor(writer);
          });
        });
      });
    });
    const bytes = Buffer.concat([onnxFile(), writer.finish()]);
    expect(thrownBy(() => readOnnx(bytes))).toMatchObject({ code: 'CHECKPOINT_EXTERNAL_DATA' });
  });
});

describe('bytes that are no sound ONNX model', () => {
  const graphOf = (extra: (writer: BinaryWriter) => void): Uint8Array => onnxFile({ extra });
  const tensor = (dims: number[], raw: number): Uint8Array =>
    graphOf((writer) => {
      message(writer, GRAPH.initializer, () => {
        for (const size of dims) integer(writer, TENSOR.dims, size);
        integer(writer, TENSOR.dataType, 1);
        writer.tag(TENSOR.rawData, WireType.LengthDelimited).bytes(new Uint8Array(raw));
      });
    });
  const nested = (): Uint8Array => {
    let bytes = new Uint8Array();
    for (let depth = 0; depth < 200; depth++) {
      const writer = new BinaryWriter();
      message(writer, GRAPH.node, () => {
        message(writer, NODE.attribute, () => {
          writer.tag(ATTRIBUTE.g, WireType.LengthDelimited).bytes(bytes);
        });
      });
      bytes = writer.finish();
    }
    return graphOf((writer) => writer.raw(bytes));
  };

  test.each<[string, () => Uint8Array, RegExp]>([
    ['nothing', () => new Uint8Array(), /holds no graph/],
    ['text', () => Buffer.from('hello, world'), /not a readable ONNX/],
    ['a graph cut short', () => onnxFile().subarray(0, 60), /not a readable ONNX/],
    ['two graphs', () => Buffer.concat([onnxFile(), onnxFile()]), /more than one graph/],
    ['the ORT format', () => Buffer.from('\x1c\0\0\0ORTMxxxx'), /ORT format/],
    ['fewer bytes than the shape says', () => tensor([2, 3], 20), /has 20 bytes, not 24/],
    ['a shape of terabytes', () => tensor([2 ** 31, 2 ** 31], 4), /impossible shape/],
    ['a negative size', () => tensor([-1], 4), /impossible shape/],
    ['graphs nested without end', nested, /nested too deeply/],
    [
      'millions of empty fields',
      () =>
        graphOf((writer) =>
          writer.raw(new Uint8Array(6_000_000).map((_, i) => (i % 2 ? 0 : 0x30))),
        ),
      /more than 2000000 fields/,
    ],
  ])('%s: refused', (_, bytes, reason) => {
    expect(thrownBy(() => readOnnx(bytes()))).toMatchObject({
      code: 'ONNX_UNREADABLE',
      message: expect.stringMatching(reason) as unknown,
    });
  });

  test('any damage gives a description or a refusal with a code, never another error', () => {
    const sound = writeOnnx(readTfjsLayers(layersCheckpoint(tiny.layers, tiny.weights)));
    const damage = fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(damage, fc.nat(sound.length), (changes, length) => {
        const bytes = sound.slice(0, length);
        for (const [at, value] of changes) if (at < length) bytes[at] = value;
        try {
          describeCheckpoint(checkpointOf({ 'x.onnx': bytes }));
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(
            /^(ONNX_[A-Z_]+|CHECKPOINT_EXTERNAL_DATA)$/,
          );
        }
      }),
      { numRuns: 2000, seed: 11 },
    );
  });
});
