/** The index of the file that is being read, kept where it outlives the process that reads it. */
import { openSync, readFileSync, writeSync } from 'node:fs';

const BYTES = 4;

/** @returns tells the index; cheap enough to be called before every file */
export function progressWriter(file: string): (index: number) => void {
  const descriptor = openSync(file, 'w');
  const buffer = Buffer.alloc(BYTES);
  return (index) => {
    buffer.writeUInt32LE(index);
    writeSync(descriptor, buffer, 0, BYTES, 0);
  };
}

/** @returns undefined where no file has been read */
export function readProgress(file: string): number | undefined {
  try {
    return readFileSync(file).readUInt32LE(0);
  } catch {
    return undefined;
  }
}
