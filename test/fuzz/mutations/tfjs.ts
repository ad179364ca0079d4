/** Mutations of a tfjs model.json: valid JSON around a broken topology, manifest or signature, and broken JSON. */
import type { Mutator } from '../fuzz-file';
import { mutateBytes, splice } from './bytes';
import { mutateJson } from './json';
import { type JsonPlace, placesIn, printJson, treeOf } from './json-tree';

const LAYER_WORDS = [
  'Conv2D',
  'Dense',
  'Flatten',
  'MaxPooling2D',
  'AveragePooling2D',
  'GlobalAveragePooling2D',
  'ZeroPadding2D',
  'BatchNormalization',
  'Dropout',
  'ReLU',
  'Softmax',
  'Activation',
  'InputLayer',
  'Lambda',
  'same',
  'valid',
  'causal',
  'relu',
  'softmax',
  'tanh',
  'channels_first',
  'float16',
  'int32',
  'bool',
  'name',
  'units',
  'filters',
  'kernel_size',
  'strides',
  'padding',
  'batch_input_shape',
  'dilation_rate',
  'quantization',
  'graph-model',
  'model.json',
  'metadata.json',
  'weights.bin',
];
const GRAPH_WORDS = [
  'Placeholder',
  'Const',
  'Identity',
  'Softmax',
  'Conv2D',
  'MatMul',
  'Reshape',
  'While',
  'StatelessIf',
  'PartitionedCall',
  'ReadFile',
  'RandomUniform',
  'images',
  'images:0',
  '^images',
  'end',
  'DT_FLOAT',
  'DT_INT32',
  'DT_STRING',
  'input',
  'attr',
  'signature',
  'modelInitializer',
  'layers-model',
  'dim',
  'size',
  'ksize',
  'strides',
  'int32',
  'complex64',
  'model.json',
];

export const TFJS_LAYERS_MUTATORS = mutatorsWith(LAYER_WORDS);
export const TFJS_GRAPH_MUTATORS = mutatorsWith(GRAPH_WORDS);

function mutatorsWith(words: readonly string[]): Readonly<Record<string, Mutator>> {
  const inside = (keys: readonly string[]): Mutator => {
    return (base, random) => {
      const tree = treeOf(JSON.parse(base.toString()));
      // Only below these keys, so that what comes before them is sound and the reader gets there.
      const roots = placesIn(tree).filter(({ entry }) => keys.some((key) => isKey(entry, key)));
      mutateJson(roots.length > 0 ? random.pick(roots).tree : tree, random, words);
      return Buffer.from(printJson(tree));
    };
  };
  return {
    bytes: mutateBytes,
    splice: (base, random, others) => splice(base, random, random.pick(others)),
    fields: inside([]),
    manifest: inside(['weightsManifest']),
    weights: inside(['weights']),
    'layers or nodes': inside(['layers', 'node']),
    'one layer': inside(['config', 'attr']),
    signature: inside(['signature', 'tensorShape']),
  };
}

function isKey(entry: JsonPlace['entry'], key: string): boolean {
  return entry?.key === JSON.stringify(key);
}
