/** The ten kinds of drawings of the sample set, each a test whether a point lies on the drawing's ink. */

/** Lengths are in 1/24 pixel, so that the centres of 3×3 sub-pixels are integers. */
export const UNITS_PER_PIXEL = 24;

export interface ShapeSize {
  /** Of the circle that has about the drawing's extent. */
  radius: number;
  /** Of lines; stripes are as wide as the gap between them. */
  stroke: number;
}

export interface Shape {
  name: string;
  /** @param x to the right, @param y downwards, both integers counted from the drawing's centre */
  covers(x: number, y: number, size: ShapeSize): boolean;
}

const inCircle = (x: number, y: number, radius: number): boolean =>
  x * x + y * y <= radius * radius;

/** As large in area as the circle, so that the sum of ink does not tell them apart: √π/2 ≈ 227/256. */
const halfSide = (radius: number): number => (radius * 227) >> 8;

const inSquare = (x: number, y: number, half: number): boolean =>
  Math.max(Math.abs(x), Math.abs(y)) <= half;

const onPlus = (x: number, y: number, { radius, stroke }: ShapeSize): boolean =>
  Math.min(Math.abs(x), Math.abs(y)) * 2 <= stroke && inSquare(x, y, radius);

/** @param across the coordinate at right angles to the stripes */
const onStripes = (x: number, y: number, across: number, { radius, stroke }: ShapeSize): boolean =>
  inCircle(x, y, radius) && Math.floor((2 * across + stroke) / (2 * stroke)) % 2 === 0;

/** Turns a coordinate sum by an eighth of a circle: 1/√2 ≈ 181/256. */
const eighth = (sum: number): number => (sum * 181) >> 8;

/** The position is the class index. */
export const SHAPES: readonly Shape[] = [
  { name: 'Circle', covers: (x, y, { radius }) => inCircle(x, y, radius) },
  {
    name: 'Ring',
    covers: (x, y, { radius, stroke }) =>
      inCircle(x, y, radius) && !inCircle(x, y, radius - stroke),
  },
  { name: 'Square', covers: (x, y, { radius }) => inSquare(x, y, halfSide(radius)) },
  {
    name: 'Frame',
    covers: (x, y, { radius, stroke }) =>
      inSquare(x, y, halfSide(radius)) && !inSquare(x, y, halfSide(radius) - stroke),
  },
  {
    // Equilateral, its centre in the origin, one corner up: √3 ≈ 443/256.
    name: 'Triangle',
    covers: (x, y, { radius }) => 2 * y <= radius && Math.abs(x) * 443 <= (y + radius) * 256,
  },
  { name: 'Plus', covers: onPlus },
  { name: 'Cross', covers: (x, y, size) => onPlus(eighth(x + y), eighth(x - y), size) },
  { name: 'Horizontal stripes', covers: (x, y, size) => onStripes(x, y, y, size) },
  { name: 'Vertical stripes', covers: (x, y, size) => onStripes(x, y, x, size) },
  {
    name: 'Diagonal stripes',
    covers: (x, y, size) => onStripes(x, y, eighth(x + y), size),
  },
];
