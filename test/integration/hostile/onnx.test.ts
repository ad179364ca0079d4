/** ONNX files from strangers, given to a running service in every way, and those that no run may be made of. */
import type { BinaryWriter } from '@bufbuild/protobuf/wire';
import { ATTRIBUTE, GRAPH, NODE, TENSOR } from '../../../src/checkpoints/formats/onnx/onnx-schema';
import { integer, message, text } from '../../../src/inference/onnx/onnx-encoder';
import { linearNodes, onnxFile, type OnnxFileSpec } from '../../unit/inference/support/onnx-file';
import { HostileService } from './hostile-service';

let hostile: HostileService;

beforeAll(async () => {
  hostile = await HostileService.start();
});

afterAll(() => hostile.service.end());

/** A linear classifier that an engine would run. */
function classifier(classes: number, dims: [number, number, number], spec: OnnxFileSpec = {}) {
  const pixels = dims.reduce((product, size) => product * size, 1);
  return onnxFile({
    inputs: { images: ['n', ...dims] },
    outputs: { logits: ['n', classes] },
    initializers: {
      weight: { shape: [classes, pixels], data: new Float32Array(classes * pixels) },
      bias: { shape: [classes], data: new Float32Array(classes) },
    },
    ...spec,
  });
}

const externalTensor = (writer: BinaryWriter): void => {
  integer(writer, TENSOR.dims, 1);
  integer(writer, TENSOR.dataType, 1);
  text(writer, TENSOR.name, 'secret');
  message(writer, TENSOR.externalData, () => {
    text(writer, 1, 'location');
    text(writer, 2, '../../etc/passwd');
  });
};
const nestedExternal = (writer: BinaryWriter): void => {
  message(writer, GRAPH.node, () => {
    text(writer, NODE.opType, 'If');
    message(writer, NODE.attribute, () => {
      message(writer, ATTRIBUTE.g, () => {
        message(writer, GRAPH.initializer, () => {
          externalTensor(writer);
        });
      });
    });
  });
};
const grey: [number, number, number] = [1, 28, 28];
const sound = classifier(10, grey);
const loop = { opType: 'Loop', name: 'l', inputs: [], output: 'logits', attributes: {} };

const FILES: [what: string, bytes: Uint8Array, code: string][] = [
  [
    'two inputs',
    classifier(10, grey, { inputs: { a: ['n', ...grey], b: ['n', ...grey] } }),
    'ONNX_NOT_A_CLASSIFIER',
  ],
  [
    'two outputs',
    classifier(10, grey, { outputs: { a: ['n', 10], b: ['n', 10] } }),
    'ONNX_NOT_A_CLASSIFIER',
  ],
  [
    'weights at ../../etc/passwd',
    onnxFile({
      extra: (writer) => {
        message(writer, GRAPH.initializer, () => {
          externalTensor(writer);
        });
      },
    }),
    'CHECKPOINT_EXTERNAL_DATA',
  ],
  [
    'weights elsewhere in a graph in its graph',
    onnxFile({ extra: nestedExternal }),
    'CHECKPOINT_EXTERNAL_DATA',
  ],
  ['a loop', classifier(10, grey, { nodes: [...linearNodes(), loop] }), 'ONNX_OPERATOR_FORBIDDEN'],
  ['half a file', sound.subarray(0, sound.length / 2), 'ONNX_UNREADABLE'],
  ['an empty file', new Uint8Array(), 'ONNX_UNREADABLE'],
  ['another model behind it', Buffer.concat([sound, sound]), 'ONNX_UNREADABLE'],
  ['a model of onnxruntime’s own', Buffer.from('\x1c\0\0\0ORTMxxxx'), 'ONNX_UNREADABLE'],
];

test.each(FILES)(
  '%s: refused with its own code, and nothing is left behind',
  async (_, bytes, code) => {
    const refusal = await hostile.refusal('model.onnx', { 'model.onnx': bytes });
    expect(refusal.code).toBe(code);
    expect(refusal.message.length).toBeGreaterThan(40);
    expect(refusal.message).not.toContain('root:');
  },
);

test.each([
  ['seven classes', classifier(7, grey)],
  ['images of 3×224×224', classifier(10, [3, 224, 224])],
])('a classifier of %s is never evaluated on ten classes of 28×28', async (_, bytes) => {
  const { client, app } = hostile.service;
  const checkpointId = await hostile.registered('other.onnx', { 'other.onnx': bytes });
  const datasetId = (await app.services.datasets.register('sample-shapes')).id;
  const run = 'mutation ($input: RunEvaluationInput!) { runEvaluation(input: $input) { id } }';
  expect(await client.codes(run, { input: { checkpointId, datasetId } })).toEqual([
    'CHECKPOINT_DATASET_MISMATCH',
  ]);
  expect(await client.nodes('evaluationRuns', '{ evaluationRuns { nodes { id } } }')).toEqual([]);
});
