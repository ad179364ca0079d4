/** Corruptions of pixels where they are: noise, contrast, occlusion. */
import type { Corrupt } from './corruption';

/** Of the sum of four random bytes: 4 · 255 / 2, and √(4 · (256² − 1) / 12). */
const BYTES_MEAN = 510;
const BYTES_DEVIATION = 147.8;
const GREY = 128;

/** @param level the noise's standard deviation, of 255; the sum of four uniform numbers is nearly normal */
export const noise: Corrupt = (image, target, _shape, level, random) => {
  const scale = level / BYTES_DEVIATION;
  for (let i = 0; i < image.length; i++) {
    const bits = random.bits();
    const sum = (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24);
    target[i] = Math.min(
      255,
      Math.max(0, Math.round((image[i] as number) + (sum - BYTES_MEAN) * scale)),
    );
  }
};

/** @param level what is left of a pixel's distance from its channel's mean; nothing is drawn */
export const contrast: Corrupt = (image, target, { channels }, level) => {
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0;
    for (let i = channel; i < image.length; i += channels) sum += image[i] as number;
    const mean = (sum * channels) / image.length;
    for (let i = channel; i < image.length; i += channels) {
      target[i] = Math.round(mean + ((image[i] as number) - mean) * level);
    }
  }
};

/** @param level the side of a grey square somewhere on the image, as a share of the image's shorter side */
export const occlusion: Corrupt = (image, target, { height, width, channels }, level, random) => {
  target.set(image);
  const side = Math.max(1, Math.round(Math.min(height, width) * level));
  const top = random.below(height - side + 1);
  const left = random.below(width - side + 1);
  for (let y = top; y < top + side; y++) {
    target.fill(GREY, (y * width + left) * channels, (y * width + left + side) * channels);
  }
};
