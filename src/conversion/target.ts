/** What a conversion writes: which format, and under which names. */
import path from 'node:path';
import { quoted } from '../checkpoints/formats/checkpoint-invalid';
import { MODEL_FILE } from '../checkpoints/formats/tfjs-manifest';
import { UserError } from '../errors';

/** As people call them on a command line. */
export const TARGET_FORMATS = ['pth', 'safetensors', 'tfjs', 'onnx'] as const;
export type TargetFormat = (typeof TARGET_FORMATS)[number];

export interface Target {
  format: TargetFormat;
  /** Absolute: of the file, or for tfjs of the folder. */
  path: string;
}

const ENDINGS: ReadonlyMap<string, TargetFormat> = new Map([
  ['.pth', 'pth'],
  ['.pt', 'pth'],
  ['.safetensors', 'safetensors'],
  ['.onnx', 'onnx'],
]);

/**
 * By the ending; a path that ends in a separator, or names model.json, is the folder of a tfjs model.
 *
 * @param format must agree with the ending where there is a known one, since readers go by endings
 * @throws UserError CONVERT_FORMAT_UNKNOWN, CONVERT_FORMAT_MISMATCH
 */
export function targetOf(to: string, format?: TargetFormat): Target {
  const found = /[/\\]$/.test(to) ? 'tfjs' : formatOf(path.basename(to));
  const wanted = format ?? found;
  if (wanted === undefined) {
    throw new UserError(
      'CONVERT_FORMAT_UNKNOWN',
      `${quoted(to)} does not say which format to write: end it in .pth, .safetensors or .onnx, end a folder ` +
        `for a tfjs model in /, or give --format ${TARGET_FORMATS.join('|')}.`,
    );
  }
  const isFile = wanted !== 'tfjs';
  if (isFile ? found !== wanted : found !== undefined && found !== 'tfjs') {
    const ending = isFile ? `a name that ends in .${wanted}` : 'a folder';
    throw new UserError(
      'CONVERT_FORMAT_MISMATCH',
      `${quoted(to)} is no name for the format ${wanted}: name ${ending}, or leave --format out.`,
    );
  }
  const folder = path.basename(to) === MODEL_FILE ? path.dirname(to) : to;
  return { format: wanted, path: path.resolve(isFile ? to : folder) };
}

function formatOf(name: string): TargetFormat | undefined {
  return name === MODEL_FILE ? 'tfjs' : ENDINGS.get(path.extname(name).toLowerCase());
}
