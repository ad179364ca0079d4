/** Builds a layers model from a checkpoint's topology and puts the checkpoint's weights into it. */
import type { LayersModel } from '@tensorflow/tfjs';
import type { CheckpointFiles } from '../../checkpoints/formats/checkpoint-files';
import { checkpointInvalid, quoted } from '../../checkpoints/formats/checkpoint-invalid';
import { MODEL_FILE, parseModelJson } from '../../checkpoints/formats/tfjs-manifest';
import { WeightTable } from '../../checkpoints/formats/tfjs-weights';
import { AssayError, messageOf } from '../../errors';
import type { TensorFlow } from './runtime';

type LayerWeight = LayersModel['weights'][number];
type Topology = Parameters<TensorFlow['models']['modelFromJSON']>[0];

/** tfjs's Layer with the method that makes its weights, which its types keep to subclasses. */
interface WeightMaker {
  addWeight: (this: unknown, ...args: WeightArguments) => LayerWeight;
}
type WeightArguments = [
  name: string,
  shape: readonly (number | null)[],
  dtype: unknown,
  initializer: unknown,
  ...rest: unknown[],
];

/**
 * @returns a model that the caller disposes; where this throws, nothing is left behind
 * @throws UserError CHECKPOINT_INVALID where tfjs can't build the layers, or the weights don't fit them
 */
export async function buildModel(
  tf: TensorFlow,
  checkpoint: CheckpointFiles,
): Promise<LayersModel> {
  const { topology, groups } = parseModelJson(checkpoint.files.get(MODEL_FILE) ?? new Uint8Array());
  const weights = new WeightTable(groups, checkpoint.files);
  const stored = groups.flatMap((group) => group.weights);
  const made = new MadeWeights(stored.reduce((sum, weight) => sum + weight.elementCount, 0));
  try {
    const model = await made.watch(tf, () =>
      tf.models.modelFromJSON({ modelTopology: topology } as unknown as Topology),
    );
    const values = model.weights.map((weight) => {
      const shape = weight.shape.map(Number);
      return { shape, data: weights.take(weight.originalName, shape).data };
    });
    weights.throwIfWrong();
    tf.tidy(() => {
      model.setWeights(values.map(({ data, shape }) => tf.tensor(data, shape)));
    });
    return model;
  } catch (error) {
    made.dispose();
    if (error instanceof AssayError) throw error;
    throw checkpointInvalid(`tfjs can't build its layers (${quoted(messageOf(error))})`, {
      cause: error,
    });
  }
}

/**
 * Watches tfjs while it makes the weights of a topology. A topology of a few bytes may ask for
 * gigabytes, so none is made beyond what the file holds; they start as zeros, as they are
 * overwritten and some initialisers (orthogonal ones) take cubic time; and they are remembered,
 * as tfjs forgets them when a later layer fails.
 */
class MadeWeights {
  private readonly made: LayerWeight[] = [];

  /** @param elementsLeft how many numbers the checkpoint's weight files hold */
  constructor(private elementsLeft: number) {}

  /** @param build builds all layers before its first await, as tf.models.modelFromJSON does */
  watch<T>(tf: TensorFlow, build: () => Promise<T>): Promise<T> {
    const layer = tf.layers.Layer.prototype as unknown as WeightMaker;
    const { addWeight } = layer;
    const watched = (layerOfWeight: unknown, args: WeightArguments): LayerWeight => {
      const [name, shape, dtype, , ...rest] = args;
      this.spend(tf.util.sizeFromShape(shape.map(Number)));
      const zeros = tf.initializers.zeros();
      const weight = addWeight.call(layerOfWeight, name, shape, dtype, zeros, ...rest);
      this.made.push(weight);
      return weight;
    };
    layer.addWeight = function (...args) {
      return watched(this, args);
    };
    try {
      return build();
    } finally {
      layer.addWeight = addWeight;
    }
  }

  dispose(): void {
    for (const weight of this.made) weight.dispose();
  }

  private spend(elements: number): void {
    this.elementsLeft -= elements;
    // A negative count, of a size below 0, would add to what is left.
    if (!(elements >= 0 && this.elementsLeft >= 0)) {
      throw checkpointInvalid('its layers ask for more weights than its files hold');
    }
  }
}
