/** Writes one image as PNG: 8 bits a channel, grey or RGB, unfiltered, as the standard's smallest files are. */
import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';
import { UserError } from '../../errors';
import type { ImageShape } from '../dataset';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const BIT_DEPTH = 8;
/** The standard's colour types by the number of channels. */
const COLOUR_TYPES: Readonly<Partial<Record<number, number>>> = { 1: 0, 3: 2 };

const deflated = promisify<Uint8Array, Buffer>(deflate);

/**
 * @param pixels height × width × channels bytes, row by row, channels last
 * @throws UserError IMAGE_UNSUPPORTED unless the image has one channel or three
 * Source: W3C, "Portable Network Graphics Specification (Third Edition)".
 */
export async function encodePng(
  pixels: Uint8Array,
  { height, width, channels }: ImageShape,
): Promise<Buffer> {
  const colourType = COLOUR_TYPES[channels];
  if (colourType === undefined) {
    throw new UserError(
      'IMAGE_UNSUPPORTED',
      `images of ${channels} channels can't be shown; those of one (grey) or three (RGB) can`,
      { details: { channels } },
    );
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.writeUInt8(BIT_DEPTH, 8);
  header.writeUInt8(colourType, 9);
  const rowBytes = width * channels;
  // Each row begins with the type of its filter: 0, none.
  const rows = Buffer.alloc(height * (1 + rowBytes));
  for (let y = 0; y < height; y++) {
    rows.set(pixels.subarray(y * rowBytes, (y + 1) * rowBytes), y * (1 + rowBytes) + 1);
  }
  const parts = [chunk('IHDR', header), chunk('IDAT', await deflated(rows)), chunk('IEND')];
  return Buffer.concat([SIGNATURE, ...parts]);
}

/** Length, type, data, and the checksum of the last two. */
function chunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const checked = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(checked.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(checked, 4);
  framed.writeUInt32BE(crc32(checked), checked.length + 4);
  return framed;
}
