/** Writes a SequentialModel as a tfjs layers model: model.json and one file of weights. */
import type { ImageShape } from '../../../datasets/dataset';
import { type Flow, shapesThrough } from '../model-shapes';
import {
  type SequentialLayer,
  type SequentialModel,
  specOf,
  type Tensor,
} from '../sequential-model';
import { MODEL_FILE } from '../tfjs-manifest';
import { globalPoolAndFlatten, type LayerJson, layerJson } from './tfjs-layer-json';
import { denseToInOut, kernelToHwio } from './tfjs-layout';
import { unwritableLayer } from './unwritable-layer';

const WEIGHTS_FILE = 'weights.bin';

type NamedWeight = [name: string, tensor: Tensor];

/** Letters and digits first: what tfjs takes as the name of a variable, and without its separator `/`. */
const LAYER_NAME = /^[A-Za-z0-9][\w.-]{0,199}$/;

/**
 * Conv kernels OIHW → HWIO, dense kernels [out, in] → [in, out]; the inputs of the first dense layer after a
 * flatten are permuted from channels-height-width to height-width-channels.
 *
 * @returns `model.json` and `weights.bin`, which tf.loadLayersModel reads
 * @throws UserError CONVERT_LAYER_UNSUPPORTED for padding that TensorFlow's layers can't have
 */
export function writeTfjsLayers(model: SequentialModel): Map<string, Uint8Array> {
  const { inputShape, layers } = model;
  const specs = layers.map(specOf);
  const outputs = shapesThrough(inputShape, specs);
  const names = uniqueNames(layers);
  const entries: LayerJson[] = [];
  const weights: NamedWeight[] = [];
  let flattened: Flow | undefined;
  let nonNegative = false;
  for (const [position, layer] of layers.entries()) {
    const input: Flow = outputs[position - 1] ?? { kind: 'image', shape: inputShape };
    const spec = specs[position];
    const name = names[position];
    if (spec === undefined || name === undefined) throw new RangeError(`no layer ${position}`);
    const pooled = layers[position - 1]?.kind === 'globalAvgPool2d' && input.kind === 'image';
    if (layer.kind === 'flatten' && pooled) continue;
    if (layer.kind === 'globalAvgPool2d' && layers[position + 1]?.kind === 'flatten') {
      entries.push(globalPoolAndFlatten(name));
    } else {
      const image = input.kind === 'image' ? input.shape : undefined;
      entries.push(...layerJson(spec, name, position, { image, nonNegative }));
    }
    weights.push(...weightsOf(layer, name, flattened));
    if (layer.kind === 'flatten' && input.kind === 'image') flattened = input;
    else if (layer.kind === 'dense') flattened = undefined;
    if (layer.kind === 'relu') nonNegative = true;
    else if ('weight' in layer) nonNegative = false;
  }
  if (flattened?.kind === 'image' && differsByOrder(flattened.shape)) {
    const last = layers.length - 1;
    const reason =
      'it gives the pixels of an image as classes, in an order that TensorFlow does not have';
    throw unwritableLayer('a tfjs layer', specs[last] ?? { kind: 'flatten' }, last, reason);
  }
  const { height, width, channels } = inputShape;
  const [first] = entries;
  if (first) first.config['batch_input_shape'] = [null, height, width, channels];
  return filesOf(entries, weights);
}

/** With one position or one channel both orders of flattening are the same. */
function differsByOrder({ height, width, channels }: ImageShape): boolean {
  return height * width > 1 && channels > 1;
}

function weightsOf(
  layer: SequentialLayer,
  name: string,
  flattened: Flow | undefined,
): NamedWeight[] {
  if (!('weight' in layer)) return [];
  if (layer.kind === 'batchNorm2d') {
    return [
      [`${name}/gamma`, layer.weight],
      [`${name}/beta`, layer.bias],
      [`${name}/moving_mean`, layer.runningMean],
      [`${name}/moving_variance`, layer.runningVar],
    ];
  }
  const image = flattened?.kind === 'image' ? flattened.shape : undefined;
  const kernel =
    layer.kind === 'conv2d' ? kernelToHwio(layer.weight) : denseToInOut(layer.weight, image);
  const bias: NamedWeight[] = layer.bias ? [[`${name}/bias`, layer.bias]] : [];
  return [[`${name}/kernel`, kernel], ...bias];
}

function filesOf(
  layers: readonly LayerJson[],
  weights: readonly NamedWeight[],
): Map<string, Uint8Array> {
  const manifest = weights.map(([name, { shape }]) => ({ name, shape, dtype: 'float32' }));
  const model = {
    format: 'layers-model',
    generatedBy: 'assay',
    convertedBy: null,
    modelTopology: { class_name: 'Sequential', config: { name: 'sequential', layers } },
    weightsManifest: [{ paths: [WEIGHTS_FILE], weights: manifest }],
  };
  const values = weights.map(
    ([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  );
  return new Map<string, Uint8Array>([
    [MODEL_FILE, Buffer.from(`${JSON.stringify(model, undefined, 2)}\n`)],
    [WEIGHTS_FILE, Buffer.concat(values)],
  ]);
}

/** The names that the layers came with where tfjs takes them, else their kind and position. */
function uniqueNames(layers: readonly SequentialLayer[]): string[] {
  const used = new Set<string>();
  return layers.map((layer, position) => {
    const given = 'name' in layer && LAYER_NAME.test(layer.name) ? layer.name : undefined;
    let name = given ?? `${layer.kind.toLowerCase()}_${position}`;
    while (used.has(name) || used.has(`${name}_padding`)) name = `${name}_${position}`;
    used.add(name).add(`${name}_padding`);
    return name;
  });
}
