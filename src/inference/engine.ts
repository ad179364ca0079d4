/** The port of engines: a checkpoint goes in, a model that turns batches of images into logits comes out. */
import type { CheckpointFiles } from '../checkpoints/formats/checkpoint-files';
import type { ImageShape } from '../datasets/dataset';

export const ENGINE_NAMES = ['onnx', 'tfjs'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** What really ran the model. */
export interface EngineBackend {
  name: 'onnxruntime' | 'tensorflow' | 'wasm';
  version: string;
}

export interface LoadedModel {
  readonly backend: EngineBackend;
  readonly classCount: number;
  readonly inputShape: ImageShape;
  /**
   * @param images count × height × width × channels bytes, channels last
   * @returns count × classCount raw outputs, row by row
   */
  predict(images: Uint8Array, count: number): Promise<Float32Array>;
  dispose(): Promise<void>;
}

export interface Engine {
  readonly name: EngineName;
  /** @throws UserError CHECKPOINT_INVALID, or ENGINE_FORMAT_UNSUPPORTED where this engine can't run the format */
  load(checkpoint: CheckpointFiles): Promise<LoadedModel>;
}
