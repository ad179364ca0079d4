/** What the name of a checkpoint's file says: its format, and what its description is called. */
import type { CheckpointFormat } from './checkpoint-files';

/** Describes the architecture of every state dict in its folder that has no description of its own. */
export const SHARED_SIDECAR = 'architecture.yaml';

export type SingleFileFormat = Exclude<CheckpointFormat, 'tfjs-layers' | 'tfjs-graph'>;

const FORMATS: Readonly<Record<string, SingleFileFormat>> = {
  onnx: 'onnx',
  pth: 'pytorch-state-dict',
  pt: 'pytorch-state-dict',
  safetensors: 'safetensors',
};

/** @returns undefined where the ending is of no format that is one file */
export function formatOfFile(name: string): SingleFileFormat | undefined {
  const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(FORMATS, ending) ? FORMATS[ending] : undefined;
}

/** The YAML files that may describe it, the one that goes first first; none for a format with a graph. */
export function sidecarNames(name: string, format: SingleFileFormat): string[] {
  if (format === 'onnx') return [];
  return [`${name.slice(0, name.lastIndexOf('.'))}.yaml`, SHARED_SIDECAR];
}
