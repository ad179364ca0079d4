/** A model on the tfjs runtime as a LoadedModel: batches are prepared and outputs checked here, whatever runs. */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { checkpointInvalid } from '../../checkpoints/formats/checkpoint-invalid';
import type { OutputKind, Preprocessing } from '../../checkpoints/preprocessing';
import type { ImageShape } from '../../datasets/dataset';
import type { EngineBackend, LoadedModel } from '../engine';
import { type BatchFiller, batchFiller, type Layout } from '../image-batch';
import type { TfjsRuntime } from './runtime';

/** What turns a batch of prepared images into raw outputs. */
export interface TfjsRunner {
  readonly layout: Layout;
  /** What it makes on the way belongs to the caller's tidy. */
  run(batch: Tensor4D): Tensor;
  dispose(): void;
}

export interface TfjsModelFacts {
  inputShape: ImageShape;
  classCount: number;
  preprocessing: Preprocessing;
}

export class TfjsModel implements LoadedModel {
  readonly backend: EngineBackend;
  readonly inputShape: ImageShape;
  readonly classCount: number;
  readonly outputKind: OutputKind;
  private readonly fill: BatchFiller;

  constructor(
    private readonly runtime: TfjsRuntime,
    private readonly runner: TfjsRunner,
    { inputShape, classCount, preprocessing }: TfjsModelFacts,
  ) {
    this.backend = runtime.backend;
    this.inputShape = inputShape;
    this.classCount = classCount;
    this.outputKind = preprocessing.output;
    this.fill = batchFiller(preprocessing, inputShape, runner.layout);
  }

  /** @throws RangeError where the bytes are not `count` images: a mistake of the caller */
  async predict(images: Uint8Array, count: number): Promise<Float32Array> {
    const { height, width, channels } = this.inputShape;
    if (count < 1 || images.length !== count * height * width * channels) {
      throw new RangeError(
        `${images.length} bytes are not ${count} images of ${height}×${width}×${channels}`,
      );
    }
    const outputs = this.run(images, count);
    try {
      return (await outputs.data()) as Float32Array;
    } finally {
      outputs.dispose();
    }
  }

  dispose(): Promise<void> {
    this.runner.dispose();
    return Promise.resolve();
  }

  private run(images: Uint8Array, count: number): Tensor {
    const { tf } = this.runtime;
    const { height, width, channels } = this.inputShape;
    const pixels = new Float32Array(images.length);
    this.fill(pixels, images, count);
    const shape: [number, number, number, number] =
      this.runner.layout === 'NHWC'
        ? [count, height, width, channels]
        : [count, channels, height, width];
    const outputs = tf.tidy(() => this.runner.run(tf.tensor4d(pixels, shape)));
    if (outputs.dtype === 'float32' && outputs.shape.join() === `${count},${this.classCount}`) {
      return outputs;
    }
    const found = `${outputs.dtype} [${outputs.shape.join(', ')}]`;
    outputs.dispose();
    throw checkpointInvalid(
      `for ${count} images it gives ${found} where its file promises float32 [${count}, ${this.classCount}]`,
    );
  }
}
