/** Draws one image of the sample set: a shape somewhere, turned, stretched, in some grey, under noise. */
import type { Random } from '../random';
import { type Shape, type ShapeSize, UNITS_PER_PIXEL } from './shapes';

export const SIDE = 28;

/** Sub-pixels a pixel in each direction: enough that edges are grey and not stepped. */
const SUBPIXELS = 3;

interface Pose {
  centreX: number;
  centreY: number;
  size: ShapeSize;
  /** Cosine and sine of the turn, times 1024. */
  cos: number;
  sin: number;
  /** How much narrower or wider, times 256. */
  stretch: number;
}

export type DrawingSize = 'small' | 'medium' | 'large';

/**
 * The ranges make the classes overlap a little, so that a good model gets most drawings and not all: a network
 * of two 3×3 convolutions (8 and 16 channels, each pooled) and 64 hidden units got .956 to .969 on
 * the test split in epochs 10 to 14. Whoever changes a number changes the dataset's digest.
 * @param image takes the 28×28 bytes
 * @returns how large the drawing is: 5 to 7, to 9, or to 11 pixels in radius
 */
export function drawSample(shape: Shape, random: Random, image: Uint8Array): DrawingSize {
  const pose = choosePose(random);
  const paper = random.below(80);
  const ink = paper + random.between(60, 175);
  const noise = random.between(6, 50);
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const covered = coverage(shape, pose, row, column);
      const grey = paper + Math.trunc(((ink - paper) * covered) / (SUBPIXELS * SUBPIXELS));
      // The sum of two uniform numbers: small deviations are more frequent than large ones.
      const deviation = random.below(noise) + random.below(noise) - noise + 1;
      image[row * SIDE + column] = Math.min(255, Math.max(0, grey + deviation));
    }
  }
  const { radius } = pose.size;
  if (radius < 7 * UNITS_PER_PIXEL) return 'small';
  return radius < 9 * UNITS_PER_PIXEL ? 'medium' : 'large';
}

function choosePose(random: Random): Pose {
  // With t the tangent of half the angle: cos = (1 − t²)/(1 + t²), sin = 2t/(1 + t²); here t = tilt/64,
  // which gives up to 18 degrees either way without a transcendental function.
  const tilt = random.between(-10, 10);
  const norm = 64 * 64 + tilt * tilt;
  const radius = random.between(5 * UNITS_PER_PIXEL, 11 * UNITS_PER_PIXEL);
  const room = 13 * UNITS_PER_PIXEL - radius;
  return {
    centreX: 14 * UNITS_PER_PIXEL + random.between(-room, room),
    centreY: 14 * UNITS_PER_PIXEL + random.between(-room, room),
    size: { radius, stroke: random.between(36, 66) },
    cos: Math.trunc((1024 * (64 * 64 - tilt * tilt)) / norm),
    sin: Math.trunc((1024 * 2 * 64 * tilt) / norm),
    stretch: random.between(214, 300),
  };
}

/** How many of the pixel's sub-pixels lie on ink. */
function coverage(shape: Shape, pose: Pose, row: number, column: number): number {
  const step = UNITS_PER_PIXEL / SUBPIXELS;
  const top = row * UNITS_PER_PIXEL - pose.centreY + step / 2;
  const left = column * UNITS_PER_PIXEL - pose.centreX + step / 2;
  // No drawing reaches further than its radius times √2 and the stretch.
  const reach = 2 * pose.size.radius;
  if (Math.abs(top) > reach || Math.abs(left) > reach) return 0;
  let covered = 0;
  for (let y = top; y < top + UNITS_PER_PIXEL; y += step) {
    for (let x = left; x < left + UNITS_PER_PIXEL; x += step) {
      const turnedX = (x * pose.cos + y * pose.sin) >> 10;
      const turnedY = (y * pose.cos - x * pose.sin) >> 10;
      if (shape.covers((turnedX * pose.stretch) >> 8, turnedY, pose.size)) covered++;
    }
  }
  return covered;
}
