/** The engine that runs tfjs layers models, on tfjs-node or on wasm: whichever the runtime loads. */
import type { LayersModel, Tensor } from '@tensorflow/tfjs';
import type { CheckpointFiles } from '../../checkpoints/formats/checkpoint-files';
import { checkpointInvalid } from '../../checkpoints/formats/checkpoint-invalid';
import type { ImageShape } from '../../datasets/dataset';
import { UserError } from '../../errors';
import type { Engine, EngineBackend, LoadedModel } from '../engine';
import { buildModel } from './build-model';
import { loadTfjs, type TensorFlow } from './runtime';

export class TfjsEngine implements Engine {
  readonly name = 'tfjs';

  /**
   * @throws UserError ENGINE_FORMAT_UNSUPPORTED for any format but tfjs-layers, CHECKPOINT_INVALID for
   *   a model that can't be built or doesn't turn one image into one row of class scores;
   *   OperationalError TFJS_UNAVAILABLE
   */
  async load(checkpoint: CheckpointFiles): Promise<LoadedModel> {
    if (checkpoint.format !== 'tfjs-layers') {
      throw new UserError(
        'ENGINE_FORMAT_UNSUPPORTED',
        `The tfjs engine runs tfjs-layers checkpoints only, not ${checkpoint.format}: ` +
          'use the onnx engine.',
        { details: { engine: this.name, format: checkpoint.format } },
      );
    }
    const { tf, backend } = await loadTfjs();
    const model = await buildModel(tf, checkpoint);
    try {
      return new TfjsModel(tf, backend, model, imageShapeOf(model), classCountOf(model));
    } catch (error) {
      model.dispose();
      throw error;
    }
  }
}

class TfjsModel implements LoadedModel {
  constructor(
    private readonly tf: TensorFlow,
    readonly backend: EngineBackend,
    private readonly model: LayersModel,
    readonly inputShape: ImageShape,
    readonly classCount: number,
  ) {}

  /** @throws RangeError where the bytes are not `count` images: a mistake of the caller */
  async predict(images: Uint8Array, count: number): Promise<Float32Array> {
    const { height, width, channels } = this.inputShape;
    if (count < 1 || images.length !== count * height * width * channels) {
      throw new RangeError(
        `${images.length} bytes are not ${count} images of ${height}×${width}×${channels}`,
      );
    }
    const logits = this.tf.tidy(() => {
      const pixels = new Float32Array(images.length);
      for (let i = 0; i < pixels.length; i++) pixels[i] = (images[i] as number) / 255;
      const batch = this.tf.tensor4d(pixels, [count, height, width, channels]);
      // predictOnBatch takes the tensor as it is; predict would copy it slice by slice of 32.
      return this.model.predictOnBatch(batch) as Tensor;
    });
    try {
      return (await logits.data()) as Float32Array;
    } finally {
      logits.dispose();
    }
  }

  dispose(): Promise<void> {
    this.model.dispose();
    return Promise.resolve();
  }
}

function imageShapeOf(model: LayersModel): ImageShape {
  const [height, width, channels] = fixedSizes(
    model.inputs,
    3,
    'take one image (height×width×channels)',
  );
  return { height, width, channels } as ImageShape;
}

function classCountOf(model: LayersModel): number {
  const [classCount] = fixedSizes(model.outputs, 1, 'give one row of class scores');
  return classCount as number;
}

/** The sizes behind the batch size of the only input or output. */
function fixedSizes(ends: LayersModel['inputs'], rank: number, duty: string): number[] {
  const [only] = ends;
  const sizes = only?.shape.slice(1) ?? [];
  const fixed = sizes.filter((size) => size !== null && size > 0) as number[];
  if (ends.length !== 1 || fixed.length !== rank || sizes.length !== rank) {
    throw checkpointInvalid(`the model must ${duty}, with fixed sizes`);
  }
  return fixed;
}
