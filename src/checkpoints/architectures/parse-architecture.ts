/** Reads the YAML beside a state dict: its network, its input, its classes and its preprocessing. */
import type { ImageShape } from '../../datasets/dataset';
import { isWhole } from '../formats/json-value';
import type { LayerSpec } from '../formats/layer-spec';
import { preprocessingProblems, type PreprocessingInput } from '../preprocessing';
import { type Architecture, architectureInvalid, fittedLayers } from './architecture';
import { FASHION_CNN, fashionCnnLayers, type FashionCnnSize } from './fashion-cnn';
import { FieldReader, shown } from './field-reader';
import { readLayer } from './layer-kinds';
import { parseYaml } from './parse-yaml';

const MAX_LAYERS = 1000;
const MAX_SIDE = 8192;
const MAX_CHANNELS = 4;
const MAX_CLASSES = 65_535;
const MAX_CLASS_NAME_LENGTH = 200;

/** The fields of the YAML under the names that they have here. */
const PREPROCESSING_FIELDS = {
  scale: 'scale',
  mean: 'mean',
  std: 'std',
  channel_order: 'channelOrder',
  output: 'output',
} as const satisfies Record<string, keyof PreprocessingInput>;

/**
 * @param bytes the file
 * @param weightsShow the size of the built-in network that the weights show, for what the file leaves out
 * @throws UserError CHECKPOINT_ARCHITECTURE_INVALID with all problems, each by its path;
 *   CHECKPOINT_LAYERS_MISMATCH where the layers do not fit each other
 */
export function parseArchitecture(bytes: Uint8Array, weightsShow: FashionCnnSize): Architecture {
  const problems: string[] = [];
  const root = new FieldReader('', parseYaml(bytes), problems);
  if (problems.length > 0) throw architectureInvalid(['it must be a mapping with "architecture"']);
  const builtIn = root.value('architecture') === FASHION_CNN;
  const specs = builtIn ? [] : readLayers(root, problems);
  const inputShape = readInput(root, problems, builtIn ? weightsShow.inputShape : undefined);
  const classes = readClasses(root);
  const preprocessing = readPreprocessing(root, problems, inputShape.channels, specs);
  root.refuseOthers();
  if (problems.length > 0) throw architectureInvalid(problems);
  const wanted = classes.count ?? weightsShow.classCount;
  const given = builtIn ? fashionCnnLayers({ inputShape, classCount: wanted }) : specs;
  const { layers, classCount } = fittedLayers(inputShape, given);
  if (classes.count !== undefined && classes.count !== classCount) {
    throw architectureInvalid([
      `classes says ${classes.count} classes, but the last layer gives ${classCount} scores`,
    ]);
  }
  return { inputShape, classCount, layers, classNames: classes.names, preprocessing };
}

function readLayers(root: FieldReader, problems: string[]): LayerSpec[] {
  const list = root.value('architecture');
  if (!Array.isArray(list) || list.length === 0 || list.length > MAX_LAYERS) {
    root.refuse('architecture', `must be ${FASHION_CNN} or a list of 1 to ${MAX_LAYERS} layers`);
    return [];
  }
  return list.flatMap((entry: unknown, position) => readLayer(entry, position, problems) ?? []);
}

function readInput(
  root: FieldReader,
  problems: string[],
  fallback: ImageShape | undefined,
): ImageShape {
  const given = root.value('input');
  if (given === undefined && fallback !== undefined) return fallback;
  const input = new FieldReader('input', given, problems);
  const shape = {
    height: input.whole('height', 1, MAX_SIDE),
    width: input.whole('width', 1, MAX_SIDE),
    channels: input.whole('channels', 1, MAX_CHANNELS),
  };
  input.refuseOthers();
  return shape;
}

function readClasses(root: FieldReader): { count?: number; names?: string[] } {
  const classes = root.value('classes');
  if (classes === undefined) return {};
  if (isWhole(classes, 2, MAX_CLASSES)) return { count: classes };
  const isName = (name: unknown): name is string =>
    typeof name === 'string' && name.trim() !== '' && name.length <= MAX_CLASS_NAME_LENGTH;
  const names: unknown[] = Array.isArray(classes) ? classes : [];
  if (names.length >= 2 && names.every(isName) && new Set(names).size === names.length) {
    return { count: names.length, names };
  }
  root.refuse('classes', `must be a number from 2 to ${MAX_CLASSES} or a list of different names`);
  return {};
}

function readPreprocessing(
  root: FieldReader,
  problems: string[],
  channels: number,
  specs: readonly LayerSpec[],
): PreprocessingInput {
  const given = root.value('preprocessing');
  if (given === undefined) return {};
  const fields = new FieldReader('preprocessing', given, problems);
  const input: Partial<Record<keyof PreprocessingInput, unknown>> = {};
  for (const [key, field] of Object.entries(PREPROCESSING_FIELDS)) {
    const value = fields.value(key);
    if (value !== undefined) input[field] = value;
  }
  fields.refuseOthers();
  const endsInSoftmax = specs.at(-1)?.kind === 'softmax';
  const wrong = preprocessingProblems(input, { channels, endsInSoftmax });
  for (const { field, problem } of wrong) {
    const key = field === 'channelOrder' ? 'channel_order' : field;
    problems.push(`preprocessing.${key} ${problem}; not ${shown(input[field])}`);
  }
  // What is left has been checked field by field.
  return wrong.length > 0 ? {} : (input as PreprocessingInput);
}
