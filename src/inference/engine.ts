/** The port of engines: a checkpoint goes in, a model that turns batches of images into raw outputs comes out. */
import type { CheckpointFiles } from '../checkpoints/formats/checkpoint-files';
import type { OutputKind, Preprocessing } from '../checkpoints/preprocessing';
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
  /** What the raw outputs are: the preprocessing says it. */
  readonly outputKind: OutputKind;
  /**
   * @param images count × height × width × channels bytes, channels last
   * @returns count × classCount raw outputs of the kind `outputKind`, row by row
   */
  predict(images: Uint8Array, count: number): Promise<Float32Array>;
  dispose(): Promise<void>;
}

export interface LoadOptions {
  /** Default: what the checkpoint itself says. */
  preprocessing?: Preprocessing | undefined;
  /** Threads that a batch is computed by, where the runtime can be told. Default: as many as there are cores. */
  threads?: number;
}

export interface Engine {
  readonly name: EngineName;
  /**
   * @throws UserError what the readers of its format throw, PREPROCESSING_INVALID, or ENGINE_FORMAT_UNSUPPORTED
   *   where this engine can't run the format
   */
  load(checkpoint: CheckpointFiles, options?: LoadOptions): Promise<LoadedModel>;
}
