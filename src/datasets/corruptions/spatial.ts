/** Corruptions that move pixels: blur, shift, rotation. Beyond its edge an image goes on as its outermost pixels. */
import type { Corrupt } from './corruption';

/**
 * @param level how often the image is averaged with its neighbours by [1 2 1]/4, in both directions: a
 *   binomial, hence nearly Gaussian blur with a standard deviation of √(level / 2) pixels; nothing is drawn
 */
export const blur: Corrupt = (image, target, { height, width, channels }, level) => {
  const values = Float64Array.from(image);
  const halfway = new Float64Array(image.length);
  for (let pass = 0; pass < level; pass++) {
    averageAlong(values, halfway, height, width * channels, channels);
    averageAcross(halfway, values, height, width * channels);
  }
  for (let i = 0; i < target.length; i++) target[i] = Math.round(values[i] as number);
};

function averageAlong(
  from: Float64Array,
  to: Float64Array,
  height: number,
  rowLength: number,
  channels: number,
): void {
  for (let y = 0; y < height; y++) {
    const start = y * rowLength;
    const end = start + rowLength;
    for (let i = start; i < end; i++) {
      const before = i - channels < start ? i : i - channels;
      const after = i + channels >= end ? i : i + channels;
      to[i] = ((from[before] as number) + 2 * (from[i] as number) + (from[after] as number)) / 4;
    }
  }
}

function averageAcross(
  from: Float64Array,
  to: Float64Array,
  height: number,
  rowLength: number,
): void {
  for (let y = 0; y < height; y++) {
    const above = y > 0 ? -rowLength : 0;
    const below = y < height - 1 ? rowLength : 0;
    for (let i = y * rowLength; i < (y + 1) * rowLength; i++) {
      to[i] =
        ((from[i + above] as number) + 2 * (from[i] as number) + (from[i + below] as number)) / 4;
    }
  }
}

/** Right, down, left, up and what lies between. */
const DIRECTIONS = [
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
  [-1, 0],
  [-1, -1],
  [0, -1],
  [1, -1],
] as const;

/** @param level how far, as a share of the shorter side, in one of eight directions */
export const shift: Corrupt = (image, target, { height, width, channels }, level, random) => {
  const [x, y] = DIRECTIONS[random.below(DIRECTIONS.length)] ?? DIRECTIONS[0];
  const far = Math.max(1, Math.round(Math.min(height, width) * level));
  for (let row = 0; row < height; row++) {
    const fromRow = within(row - y * far, height);
    for (let column = 0; column < width; column++) {
      const from = (fromRow * width + within(column - x * far, width)) * channels;
      const to = (row * width + column) * channels;
      for (let c = 0; c < channels; c++) target[to + c] = image[from + c] as number;
    }
  }
};

/**
 * About the centre, one way or the other, interpolated between the four nearest pixels.
 *
 * @param level the tangent of half the angle, since cos = (1 − t²)/(1 + t²) and sin = 2t/(1 + t²) need no
 *   transcendental function, whose last bits differ from machine to machine
 */
export const rotation: Corrupt = (image, target, { height, width, channels }, level, random) => {
  const tangent = random.below(2) === 0 ? level : -level;
  const norm = 1 + tangent * tangent;
  const cos = (1 - tangent * tangent) / norm;
  const sin = (2 * tangent) / norm;
  const middleX = (width - 1) / 2;
  const middleY = (height - 1) / 2;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const x = middleX + (column - middleX) * cos + (row - middleY) * sin;
      const y = middleY + (row - middleY) * cos - (column - middleX) * sin;
      const left = Math.floor(x);
      const top = Math.floor(y);
      const toLeft = within(left, width);
      const toRight = within(left + 1, width);
      const above = within(top, height) * width;
      const below = within(top + 1, height) * width;
      for (let c = 0; c < channels; c++) {
        const at = (pixel: number): number => image[pixel * channels + c] as number;
        const upper = at(above + toLeft) + (at(above + toRight) - at(above + toLeft)) * (x - left);
        const lower = at(below + toLeft) + (at(below + toRight) - at(below + toLeft)) * (x - left);
        target[(row * width + column) * channels + c] = Math.round(
          upper + (lower - upper) * (y - top),
        );
      }
    }
  }
};

function within(place: number, length: number): number {
  return Math.min(length - 1, Math.max(0, place));
}
