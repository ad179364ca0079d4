/** What a checkpoint is made of before anything is known about its meaning: a format and named bytes. */

export const CHECKPOINT_FORMATS = [
  'tfjs-layers',
  'tfjs-graph',
  'onnx',
  'pytorch-state-dict',
  'safetensors',
] as const;
export type CheckpointFormat = (typeof CHECKPOINT_FORMATS)[number];

export interface CheckpointFiles {
  format: CheckpointFormat;
  /**
   * SHA-256 (hex). Of a checkpoint that is one file: of its bytes, as `sha256sum` prints it. Of one with
   * several files: of the lines `<sha256>  <name>\n` in the order of their names. It covers what decides
   * the outputs (model and weights), not metadata.json; see checkpoint-digest.ts.
   */
  digest: string;
  /** Bytes by file name, without folders. */
  files: ReadonlyMap<string, Uint8Array>;
  /** Of the files that the digest covers. */
  sizeBytes: number;
}
