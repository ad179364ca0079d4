/** The readers that can be fuzzed, each with the files that its mutations make. */
import * as bases from './bases';
import { type FuzzBase, type FuzzFile, mutatedFile, type Mutator } from './fuzz-file';
import { ARCHITECTURE_MUTATORS } from './mutations/architecture';
import { ONNX_MUTATORS } from './mutations/onnx';
import { PYTORCH_MUTATORS } from './mutations/pytorch';
import { SAFETENSORS_MUTATORS } from './mutations/safetensors';
import { TFJS_GRAPH_MUTATORS, TFJS_LAYERS_MUTATORS } from './mutations/tfjs';

export const READER_NAMES = [
  'pytorch',
  'safetensors',
  'onnx',
  'tfjs-layers',
  'tfjs-graph',
  'architecture',
] as const;
export type ReaderName = (typeof READER_NAMES)[number];

type Source = [makeBases: () => FuzzBase[], mutators: Readonly<Record<string, Mutator>>];

const SOURCES: Readonly<Record<ReaderName, Source>> = {
  pytorch: [bases.pytorchBases, PYTORCH_MUTATORS],
  safetensors: [bases.safetensorsBases, SAFETENSORS_MUTATORS],
  onnx: [bases.onnxBases, ONNX_MUTATORS],
  'tfjs-layers': [bases.tfjsLayersBases, TFJS_LAYERS_MUTATORS],
  'tfjs-graph': [bases.tfjsGraphBases, TFJS_GRAPH_MUTATORS],
  architecture: [bases.architectureBases, ARCHITECTURE_MUTATORS],
};

/** @returns the file of each index */
export function filesFor(reader: ReaderName, seed: number): (index: number) => FuzzFile {
  const [makeBases, mutators] = SOURCES[reader];
  const sound = makeBases();
  return (index) => mutatedFile(sound, mutators, seed, index);
}

/** The sound files that the mutated ones are made of. */
export function soundFiles(reader: ReaderName): FuzzBase[] {
  return SOURCES[reader][0]();
}
