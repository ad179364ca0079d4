/** A loaded onnxruntime session as a LoadedModel. */
import type * as Ort from 'onnxruntime-node';
import { checkpointInvalid } from '../../checkpoints/formats/checkpoint-invalid';
import type { OnnxContract } from '../../checkpoints/formats/onnx/onnx-contract';
import type { OutputKind, Preprocessing } from '../../checkpoints/preprocessing';
import type { ImageShape } from '../../datasets/dataset';
import type { EngineBackend, LoadedModel } from '../engine';
import { type BatchFiller, batchFiller } from '../image-batch';
import { withoutPaths } from './runtime-message';

export class OnnxModel implements LoadedModel {
  readonly backend: EngineBackend;
  readonly classCount: number;
  readonly inputShape: ImageShape;
  readonly outputKind: OutputKind;
  private readonly fill: BatchFiller;
  /** The runtime reads it in place: making a tensor copies nothing. */
  private input = new Float32Array();

  constructor(
    private readonly ort: typeof Ort,
    private readonly session: Ort.InferenceSession,
    private readonly contract: OnnxContract,
    preprocessing: Preprocessing,
  ) {
    this.backend = { name: 'onnxruntime', version: ort.env.versions.node ?? 'unknown' };
    this.classCount = contract.classCount;
    this.inputShape = contract.inputShape;
    this.outputKind = preprocessing.output;
    this.fill = batchFiller(preprocessing, contract.inputShape, contract.layout);
  }

  async predict(images: Uint8Array, count: number): Promise<Float32Array> {
    const { fixedBatch } = this.contract;
    if (fixedBatch === undefined || fixedBatch === count) return this.run(images, count, count);
    const logits = new Float32Array(count * this.classCount);
    const imageBytes = this.imageSize();
    for (let first = 0; first < count; first += fixedBatch) {
      const part = Math.min(fixedBatch, count - first);
      const bytes = images.subarray(first * imageBytes, (first + part) * imageBytes);
      const outputs = await this.run(bytes, part, fixedBatch);
      logits.set(outputs.subarray(0, part * this.classCount), first * this.classCount);
    }
    return logits;
  }

  /** Native memory: garbage collection alone would keep it for long. */
  async dispose(): Promise<void> {
    await this.session.release();
  }

  /** Runs a batch of `size` images of which the first `count` are given; the rest is 0. */
  private async run(images: Uint8Array, count: number, size: number): Promise<Float32Array> {
    const { layout, inputName, outputName } = this.contract;
    const { height, width, channels } = this.inputShape;
    const length = size * this.imageSize();
    if (this.input.length < length) this.input = new Float32Array(length);
    this.fill(this.input, images, count);
    this.input.fill(0, count * this.imageSize(), length);
    const dims =
      layout === 'NCHW' ? [size, channels, height, width] : [size, height, width, channels];
    const tensor = new this.ort.Tensor('float32', this.input.subarray(0, length), dims);
    const outputs = await this.runSession({ [inputName]: tensor });
    // An output may be called `constructor`.
    const output = Object.hasOwn(outputs, outputName) ? outputs[outputName] : undefined;
    if (
      !(output?.data instanceof Float32Array) ||
      output.dims.join() !== `${size},${this.classCount}`
    ) {
      throw checkpointInvalid(
        `for ${size} images it gives ${output?.type ?? 'nothing'} [${output?.dims.join(', ') ?? ''}] ` +
          `where its file promises float32 [${size}, ${this.classCount}]`,
      );
    }
    return output.data;
  }

  private async runSession(
    feeds: Ort.InferenceSession.FeedsType,
  ): Promise<Ort.InferenceSession.ReturnType> {
    try {
      return await this.session.run(feeds);
    } catch (error) {
      throw checkpointInvalid(`onnxruntime can't run it: ${withoutPaths(error)}`, { cause: error });
    }
  }

  private imageSize(): number {
    const { height, width, channels } = this.inputShape;
    return height * width * channels;
  }
}
