/** Corrupted splits by name: `test~noise-3-s42` is the split `test` under noise of strength 3, seed 42. */
import { createHash } from 'node:crypto';
import { UserError } from '../../errors';

export const CORRUPTIONS = ['noise', 'blur', 'shift', 'rotation', 'contrast', 'occlusion'] as const;
export type Corruption = (typeof CORRUPTIONS)[number];

/** From hardly visible to hard for people too. */
export const STRENGTHS = [1, 2, 3, 4, 5] as const;
export type Strength = (typeof STRENGTHS)[number];

export const MAX_SEED = 2 ** 31 - 1;

export interface CorruptionRecipe {
  corruption: Corruption;
  strength: Strength;
  /** 0 to MAX_SEED. */
  seed: number;
}

export interface CorruptedName extends CorruptionRecipe {
  /** The split that is corrupted. */
  base: string;
}

const MARK = '~';
/** Each number is written in one way only: a corrupted split has one name. */
const FORM = /^(?<base>[^~]+)~(?<corruption>[a-z]+)-(?<strength>[1-5])-s(?<seed>0|[1-9]\d{0,9})$/;

export function corruptedName({ base, corruption, strength, seed }: CorruptedName): string {
  return `${base}${MARK}${corruption}-${strength}-s${seed}`;
}

/**
 * @returns undefined for a name without `~`
 * @throws UserError CORRUPTION_UNKNOWN for any other that names no corruption
 */
export function parseCorruptedName(name: string): CorruptedName | undefined {
  if (!name.includes(MARK)) return undefined;
  const { base, corruption, strength, seed } = FORM.exec(name)?.groups ?? {};
  const known = CORRUPTIONS.find((one) => one === corruption);
  if (base === undefined || known === undefined || Number(seed) > MAX_SEED) throw unknown(name);
  return { base, corruption: known, strength: Number(strength) as Strength, seed: Number(seed) };
}

/**
 * SHA-256 (hex) of the line `assay-corrupted-split-v1`, the digest of the split that is corrupted, and the
 * recipe as JSON with the keys `corruption`, `strength` and `seed` in this order and without spaces, each with
 * a \n behind it. The same recipe makes the same bytes everywhere, so it names them as well as their own hash
 * would, and without making them. Whoever changes what a corruption makes counts the version up.
 */
export function corruptedDigest(
  baseDigest: string,
  { corruption, strength, seed }: CorruptionRecipe,
): string {
  const recipe = JSON.stringify({ corruption, strength, seed });
  return createHash('sha256')
    .update(`assay-corrupted-split-v1\n${baseDigest}\n${recipe}\n`)
    .digest('hex');
}

function unknown(name: string): UserError {
  const shown = name.slice(0, 100);
  return new UserError(
    'CORRUPTION_UNKNOWN',
    `${JSON.stringify(shown)} names no corrupted split: it is SPLIT~CORRUPTION-STRENGTH-sSEED, as in ` +
      `test~noise-3-s42, with one of ${CORRUPTIONS.join(', ')}, a strength of 1 to 5 and a seed of 0 to ${MAX_SEED}.`,
    { details: { split: shown, known: [...CORRUPTIONS] } },
  );
}
