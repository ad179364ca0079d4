/** What an image looks like in numbers: how bright, how rich in contrast, how much of it is drawn on. */
import type { ImageShape } from '../dataset';

/** One entry an image, each of 0…1, in shared memory. */
export interface ImageStatistics {
  /** Mean of all pixels' values, 0 black and 1 white. */
  brightness: Float64Array<SharedArrayBuffer>;
  /**
   * Standard deviation of the pixels' values (over all pixels, so divided by their number).
   * Source: E. Peli, "Contrast in complex images", 1990: RMS contrast.
   */
  contrast: Float64Array<SharedArrayBuffer>;
  /**
   * Share of the pixels that are not background. The background is the median of the image's outermost pixels
   * (of an even number the lower one); a pixel is none of it where their values differ by more than 32 of 255.
   */
  ink: Float64Array<SharedArrayBuffer>;
}

const WHITE = 255;
const BACKGROUND_SPREAD = 32;

/**
 * A pixel's value is its grey, or the mean of its channels.
 *
 * @param images count × height × width × channels bytes, channels last
 */
export function imageStatistics(images: Uint8Array, shape: ImageShape): ImageStatistics {
  const { height, width, channels } = shape;
  const pixels = height * width;
  const count = pixels === 0 ? 0 : images.length / (pixels * channels);
  const statistics = { brightness: shared(count), contrast: shared(count), ink: shared(count) };
  const values = new Float64Array(pixels);
  const border = borderOf(shape);
  const outermost = new Float64Array(border.length);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let p = 0, at = i * pixels * channels; p < pixels; p++) {
      let value = 0;
      for (let c = 0; c < channels; c++) value += images[at++] as number;
      values[p] = value / channels;
      sum += values[p] as number;
    }
    border.forEach((p, b) => (outermost[b] = values[p] as number));
    outermost.sort();
    const background = outermost[(outermost.length - 1) >> 1] as number;
    const mean = sum / pixels;
    let squares = 0;
    let inked = 0;
    for (let p = 0; p < pixels; p++) {
      const value = values[p] as number;
      squares += (value - mean) * (value - mean);
      if (Math.abs(value - background) > BACKGROUND_SPREAD) inked++;
    }
    statistics.brightness[i] = mean / WHITE;
    statistics.contrast[i] = Math.sqrt(squares / pixels) / WHITE;
    statistics.ink[i] = inked / pixels;
  }
  return statistics;
}

function borderOf({ height, width }: ImageShape): number[] {
  const isOutermost = (p: number): boolean => {
    const row = (p - (p % width)) / width;
    const column = p % width;
    return row === 0 || row === height - 1 || column === 0 || column === width - 1;
  };
  return Array.from({ length: height * width }, (_, p) => p).filter(isOutermost);
}

function shared(count: number): Float64Array<SharedArrayBuffer> {
  return new Float64Array(new SharedArrayBuffer(count * Float64Array.BYTES_PER_ELEMENT));
}
