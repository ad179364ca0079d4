/** Reads the topology of a tfjs (or Keras) Sequential model into checked layer descriptions, without weights. */
import type { ImageShape } from '../../datasets/dataset';
import { checkpointInvalid, itemized, listed, quoted } from './checkpoint-invalid';
import { isJsonObject, isWhole, type JsonObject, shownJson } from './json-value';
import { readTfjsLayer, type TfjsEntry, type TfjsLayer } from './tfjs-layer-config';

const MAX_LAYERS = 1000;
const MAX_IMAGE_SIDE = 8192;

export interface TopologySpec {
  inputShape: ImageShape;
  layers: readonly TfjsLayer[];
}

/** @throws UserError CHECKPOINT_INVALID; layers that are not supported are listed all at once, by name */
export function parseTopology(topology: JsonObject): TopologySpec {
  const model = isJsonObject(topology['model_config']) ? topology['model_config'] : topology;
  if (model['class_name'] !== 'Sequential') {
    throw checkpointInvalid(
      `only Sequential models are supported, not ${shownJson(model['class_name'])}`,
    );
  }
  const config = model['config'];
  const list = isJsonObject(config) ? config['layers'] : config;
  if (!Array.isArray(list) || list.length === 0 || list.length > MAX_LAYERS) {
    throw checkpointInvalid(`a Sequential model has 1 to ${MAX_LAYERS} layers`);
  }
  const entries = list.map(parseEntry);
  const refused: string[] = [];
  const layers = entries.flatMap((entry) => {
    const read = readTfjsLayer(entry);
    if (typeof read !== 'string') return read;
    refused.push(`${entry.className} ${quoted(entry.name)} (${read})`);
    return [];
  });
  if (refused.length > 0) {
    throw checkpointInvalid(
      `it has layers that are not supported: ${listed(refused)}. Supported are Conv2D, ` +
        'BatchNormalization, ZeroPadding2D, MaxPooling2D, AveragePooling2D, GlobalAveragePooling2D, Dropout, Flatten, ' +
        'Dense, ReLU, Softmax and Activation (relu, softmax, linear)',
      { details: { layers: itemized(refused) } },
    );
  }
  return { inputShape: inputShapeOf(entries[0]?.config ?? {}), layers };
}

function parseEntry(layer: unknown): TfjsEntry {
  const { class_name: className, config }: JsonObject = isJsonObject(layer) ? layer : {};
  if (typeof className !== 'string' || !isJsonObject(config)) {
    throw checkpointInvalid('a layer of the modelTopology lacks its class_name or config');
  }
  // Any other text could be long or speak to the terminal; such a class is not supported anyway.
  const plain = /^\w{1,40}$/.test(className) ? className : 'layer';
  return {
    className: plain,
    name: typeof config['name'] === 'string' ? config['name'] : '',
    config,
  };
}

function inputShapeOf(config: JsonObject): ImageShape {
  const shape = config['batch_input_shape'] ?? config['batch_shape'];
  const sizes: readonly unknown[] = Array.isArray(shape) ? shape : [];
  const [batch, height, width, channels] = sizes;
  if (
    sizes.length === 4 &&
    batch === null &&
    isWhole(height, 1, MAX_IMAGE_SIDE) &&
    isWhole(width, 1, MAX_IMAGE_SIDE) &&
    isWhole(channels, 1, 4)
  ) {
    return { height, width, channels };
  }
  throw checkpointInvalid(
    'the first layer must take images: batch_input_shape [null, height, width, channels] with 1 to 4 ' +
      `channels, not ${shownJson(shape)}`,
  );
}
