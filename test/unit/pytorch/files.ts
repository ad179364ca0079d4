/** The files of these tests: what a real torch wrote, and archives around hand-made pickles. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readPytorchStateDict } from '../../../src/checkpoints/formats/pytorch/read-pytorch';
import type { StateDict } from '../../../src/checkpoints/formats/state-dict';
import { UserError } from '../../../src/errors';
import { writeZip, type ZipEntryOptions, type ZipFile, type ZipOptions } from './zip-writer';

const FIXTURES = path.join(__dirname, '../../fixtures/pytorch');

export function fixture(name: string): Buffer {
  return readFileSync(path.join(FIXTURES, name));
}

export function fixtureNames(): string[] {
  return readdirSync(FIXTURES).filter((name) => name.endsWith('.pt'));
}

export function read(name: string): StateDict {
  return readPytorchStateDict(fixture(name));
}

/** Sixteen bytes: four float32 ones. */
export const FOUR_ONES = Buffer.from(new Float32Array([1, 1, 1, 1]).buffer);

export interface ArchiveOptions extends ZipOptions {
  storages?: Readonly<Record<string, Uint8Array>>;
  more?: readonly ZipFile[];
  pickleOptions?: ZipEntryOptions;
}

/** An archive as torch.save lays it out. */
export function archiveFiles(pickle: Uint8Array, options: ArchiveOptions = {}): ZipFile[] {
  const storages = Object.entries(options.storages ?? { 0: FOUR_ONES });
  return [
    { name: 'archive/data.pkl', data: pickle, options: options.pickleOptions ?? {} },
    ...storages.map(([key, data]) => ({ name: `archive/data/${key}`, data })),
    { name: 'archive/version', data: Buffer.from('3\n') },
    ...(options.more ?? []),
  ];
}

export function archive(pickle: Uint8Array, options: ArchiveOptions = {}): Buffer {
  return writeZip(archiveFiles(pickle, options), options);
}

/** The error that reading ends with. @throws Error where the file is read, or something else is thrown */
export function refusalOf(bytes: Uint8Array): UserError {
  try {
    readPytorchStateDict(bytes);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('the file was read, though it should be refused');
}

export function codeOf(bytes: Uint8Array): string {
  return refusalOf(bytes).code;
}
