/** Small sound checkpoints of every format, of which the fuzzer makes its files. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { sequentialModel } from '../../src/checkpoints/formats/model-shapes';
import {
  endsInSoftmax,
  type SequentialModel,
} from '../../src/checkpoints/formats/sequential-model';
import { stateDictOf } from '../../src/checkpoints/formats/writers/state-dict-of';
import { writeArchitecture } from '../../src/checkpoints/formats/writers/write-architecture';
import { writePytorch } from '../../src/checkpoints/formats/writers/write-pytorch';
import { writeSafetensors } from '../../src/checkpoints/formats/writers/write-safetensors';
import { writeTfjsLayers } from '../../src/checkpoints/formats/writers/write-tfjs-layers';
import { defaultPreprocessing } from '../../src/checkpoints/preprocessing';
import { writeOnnx } from '../../src/inference/onnx/write-onnx';
import { graphCheckpoint, tinyNodes } from '../unit/inference-tfjs/graph-models';
import { onnxFile } from '../unit/inference/support/onnx-file';
import { everyLayer, flatten, pooledModel, Weights } from '../unit/writers/models';
import type { FuzzBase } from './fuzz-file';

const FIXTURES = path.join(__dirname, '../fixtures');
/** A network without weights of its own names, batch norms and all, and the smallest that there can be. */
const MODELS: readonly SequentialModel[] = [
  everyLayer((i) => `features.${i}`),
  pooledModel(),
  sequentialModel({ height: 2, width: 2, channels: 1 }, [flatten, new Weights().dense('1', 3, 4)]),
];

function sidecarOf(model: SequentialModel): Buffer {
  const { channels } = model.inputShape;
  const preprocessing = defaultPreprocessing({ channels, endsInSoftmax: endsInSoftmax(model) });
  // Not the default, so that all fields are there to be mutated.
  const described = {
    model,
    preprocessing: { ...preprocessing, scale: 0.5 },
    classNames: undefined,
  };
  return Buffer.from(writeArchitecture(described, stateDictOf(model).layerNames));
}

function fixtures(folder: string, ending: string, wanted: RegExp): [string, Buffer][] {
  return readdirSync(path.join(FIXTURES, folder))
    .filter((name) => name.endsWith(ending) && wanted.test(name))
    .map((name) => [name, readFileSync(path.join(FIXTURES, folder, name))]);
}

/** What torch wrote, and what is written here with the YAML that describes it. */
export function pytorchBases(): FuzzBase[] {
  const real = /^(dtypes|views|under-state-dict|protocol4|parameters|batchnorm-net)\./;
  return [
    ...fixtures('pytorch', '.pt', real).map(([name, bytes]) =>
      alone('pytorch-state-dict', bytes, name),
    ),
    ...MODELS.map((model) =>
      described('pytorch-state-dict', 'net.pth', writePytorch(stateDictOf(model).stateDict), model),
    ),
  ];
}

export function safetensorsBases(): FuzzBase[] {
  return [
    ...fixtures('safetensors', '.safetensors', /^(dtypes|module-prefix)\./).map(([name, bytes]) =>
      alone('safetensors', bytes, name),
    ),
    ...MODELS.map((model) =>
      described(
        'safetensors',
        'net.safetensors',
        writeSafetensors(stateDictOf(model).stateDict),
        model,
      ),
    ),
  ];
}

/** The same checkpoints, but that their YAML is mutated; and the built-in network's. */
export function architectureBases(): FuzzBase[] {
  const builtIn =
    'architecture: fashion-cnn\ninput: { height: 2, width: 2, channels: 1 }\nclasses: 10\n';
  const own = safetensorsBases()
    .filter(({ files }) => files.has('net.yaml'))
    .map((base) => ({ ...base, target: 'net.yaml' }));
  return [
    ...own,
    ...own.slice(0, 1).map((base) => ({
      ...base,
      files: new Map(base.files).set('net.yaml', Buffer.from(builtIn)),
    })),
  ];
}

export function onnxBases(): FuzzBase[] {
  const weight = { shape: [3, 4], data: new Float32Array(12) };
  const bias = { shape: [3], data: new Float32Array(3) };
  const initializers = { weight, bias };
  const byHand = [
    onnxFile({ initializers }),
    onnxFile({
      initializers,
      inputs: { images: [8, 2, 2, 1] },
      outputs: { logits: [8, 3] },
      channelAxis: 3,
    }),
    onnxFile({ initializers, inputs: { images: ['n', 1, 2, 2], weight: [3, 4] } }),
  ];
  return [...byHand, ...MODELS.map(writeOnnx)].map((bytes) => alone('onnx', bytes, 'net.onnx'));
}

export function tfjsLayersBases(): FuzzBase[] {
  return MODELS.map((model) => ({
    format: 'tfjs-layers',
    files: writeTfjsLayers(model),
    target: 'model.json',
  }));
}

export function tfjsGraphBases(): FuzzBase[] {
  return [graphCheckpoint(), graphCheckpoint({ nodes: tinyNodes('Softmax') })].map(({ files }) => ({
    format: 'tfjs-graph',
    files,
    target: 'model.json',
  }));
}

function alone(format: FuzzBase['format'], bytes: Uint8Array, target: string): FuzzBase {
  return { format, files: new Map([[target, bytes]]), target };
}

function described(
  format: FuzzBase['format'],
  target: string,
  bytes: Uint8Array,
  model: SequentialModel,
): FuzzBase {
  const files = new Map<string, Uint8Array>([
    [target, bytes],
    ['net.yaml', sidecarOf(model)],
  ]);
  return { format, files, target };
}
