/** What a checkpoint is made of before anything is known about its meaning: a format and named bytes. */

export const CHECKPOINT_FORMATS = [
  'tfjs-layers',
  'onnx',
  'pytorch-state-dict',
  'safetensors',
] as const;
export type CheckpointFormat = (typeof CHECKPOINT_FORMATS)[number];

export interface CheckpointFiles {
  format: CheckpointFormat;
  /**
   * SHA-256 (hex). Of a checkpoint that is one file: of its bytes, as `sha256sum` prints it. Of one with
   * several files: of the lines `<sha256>  <name>\n` of all of them in the order of their names.
   */
  digest: string;
  /** Bytes by file name, without folders. */
  files: ReadonlyMap<string, Uint8Array>;
  sizeBytes: number;
}
