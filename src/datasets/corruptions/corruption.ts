/** What every corruption is: a function from one image to another. */
import type { ImageShape } from '../dataset';
import type { Random } from '../random';

/** One value a strength, from 1 to 5. */
export type Levels = readonly [number, number, number, number, number];

/**
 * Writes the corrupted `image` into `target`. Only + − × ÷ and whole steps, whose results IEEE 754 fixes to the
 * last bit: the same bytes on every machine. What is drawn does not depend on the level, so a stronger one does
 * more of the same to the same image.
 *
 * @param image height × width × channels bytes, channels last; not the same memory as `target`
 */
export type Corrupt = (
  image: Uint8Array,
  target: Uint8Array,
  shape: ImageShape,
  level: number,
  random: Random,
) => void;
