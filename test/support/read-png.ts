/** Reads PNG as the standard has it, apart from the code that writes it: 8 bits a channel, unfiltered rows. */
import { inflateSync } from 'node:zlib';

export interface ReadPng {
  width: number;
  height: number;
  colourType: number;
  /** Row by row, channels last. */
  pixels: Uint8Array;
}

const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3 };

/** @throws Error where a signature, checksum, order or length is not as the standard has it */
export function readPng(file: Uint8Array): ReadPng {
  const bytes = Buffer.from(file);
  check(bytes.subarray(0, 8).toString('hex') === '89504e470d0a1a0a', 'the signature');
  const chunks: [string, Buffer][] = [];
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const checked = bytes.subarray(at + 4, at + 8 + length);
    check(bytes.readUInt32BE(at + 8 + length) === crc(checked), 'a checksum');
    chunks.push([checked.toString('latin1', 0, 4), checked.subarray(4)]);
    at += 12 + length;
  }
  check(chunks.map(([type]) => type).join() === 'IHDR,IDAT,IEND', 'the chunks');
  const [header, data] = [chunks[0]?.[1] ?? Buffer.alloc(0), chunks[1]?.[1] ?? Buffer.alloc(0)];
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const colourType = header.readUInt8(9);
  check(header.toString('hex', 8) === `080${colourType}000000`, 'the header');
  const rowBytes = width * (CHANNELS[colourType] ?? NaN);
  const rows = inflateSync(data);
  check(rows.length === height * (rowBytes + 1), 'the length of the pixels');
  const pixels = new Uint8Array(height * rowBytes);
  for (let y = 0; y < height; y++) {
    const start = y * (rowBytes + 1);
    check(rows[start] === 0, 'the filter of a row');
    pixels.set(rows.subarray(start + 1, start + 1 + rowBytes), y * rowBytes);
  }
  return { width, height, colourType, pixels };
}

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(`${what} is not as in a PNG file`);
}

/** Bit by bit, as the standard's annex defines it. */
function crc(bytes: Uint8Array): number {
  let remainder = 0xffffffff;
  for (const byte of bytes) {
    remainder ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
    }
  }
  return ~remainder >>> 0;
}
