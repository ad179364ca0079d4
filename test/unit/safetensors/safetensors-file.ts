/** Files by the format's specification, right ones and broken ones, without the code under test. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readSafetensors } from '../../../src/checkpoints/formats/safetensors/read-safetensors';
import { UserError } from '../../../src/errors';

const FIXTURES = path.join(__dirname, '../../fixtures/safetensors');

export function fixture(name: string): Buffer {
  return readFileSync(path.join(FIXTURES, name));
}

/** @param header an object, or the text itself where no object would give it */
export function fileOf(header: unknown, data: Uint8Array = new Uint8Array()): Buffer {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  return Buffer.concat([length, bytes, data]);
}

/** Little-endian float32 values. */
export function floats(...values: number[]): Uint8Array {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => bytes.writeFloatLE(value, 4 * i));
  return bytes;
}

export function f32(shape: readonly number[], begin: number, end: number) {
  return { dtype: 'F32', shape, data_offsets: [begin, end] };
}

export function refusalOf(bytes: Uint8Array): UserError {
  try {
    readSafetensors(bytes);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('the file was read');
}
