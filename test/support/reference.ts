/**
 * Finds the real files that some tests are held against: without the variable such tests skip themselves;
 * with it, a missing file fails every test file that asks for them, so that CI can't pass by skipping.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';

const MIRROR_FILES = [
  'train-images-idx3-ubyte.gz',
  'train-labels-idx1-ubyte.gz',
  't10k-images-idx3-ubyte.gz',
  't10k-labels-idx1-ubyte.gz',
];

const REFERENCE_FILES = [
  'fashion-cnn.onnx',
  'fashion-cnn.pth',
  'fashion-cnn.t10k-logits.f32',
  'fashion-cnn.t10k-metrics.json',
  'metric-cases.json',
];

/** @throws Error where the variable is set and a file is not there */
function folderOf(variable: string, files: readonly string[]): string | undefined {
  const folder = process.env[variable];
  if (folder === undefined || folder === '') return undefined;
  const missing = files.filter((file) => !existsSync(path.join(folder, file)));
  if (missing.length > 0) {
    throw new Error(`${variable} is set to ${folder}, which lacks ${missing.join(', ')}`);
  }
  return path.resolve(folder);
}

/** The folder with the four original Fashion-MNIST .gz files, or undefined where none is named. */
export const mirrorFolder = folderOf('ASSAY_DATA_MIRROR', MIRROR_FILES);

/** The folder with the reference checkpoints, logits and metrics, or undefined where none is named. */
export const referenceFolder = folderOf('ASSAY_REFERENCE', REFERENCE_FILES);

/** `it` for tests that read the real Fashion-MNIST files; use {@link mirrorFile} inside. */
export const itWithMirror = mirrorFolder === undefined ? test.skip : test;

/** `it` for tests that read the reference files; use {@link referenceFile} inside. */
export const itWithReference = referenceFolder === undefined ? test.skip : test;

/** `it` for tests that need both folders. */
export const itWithMirrorAndReference =
  mirrorFolder === undefined || referenceFolder === undefined ? test.skip : test;

export const describeWithReference = referenceFolder === undefined ? describe.skip : describe;

/** The path of a file in the mirror. */
export function mirrorFile(file: string): string {
  return inside(mirrorFolder, 'ASSAY_DATA_MIRROR', file);
}

/** The path of a file in the reference folder. */
export function referenceFile(file: string): string {
  return inside(referenceFolder, 'ASSAY_REFERENCE', file);
}

function inside(folder: string | undefined, variable: string, file: string): string {
  if (folder === undefined) throw new Error(`${variable} is not set: guard this test with itWith…`);
  return path.join(folder, file);
}
