/** A mutated file, and how each reader's mutations make one of a seed and an index. */
import type { CheckpointFormat } from '../../src/checkpoints/formats/checkpoint-files';
import { SeededRandom } from './seeded-random';

/** A sound checkpoint, of which one file is mutated. */
export interface FuzzBase {
  format: CheckpointFormat;
  files: ReadonlyMap<string, Uint8Array>;
  /** The name of the file that is mutated. */
  target: string;
}

export interface FuzzFile {
  /** What was done, for the report of a failure. */
  kind: string;
  format: CheckpointFormat;
  files: ReadonlyMap<string, Uint8Array>;
}

/** @param others the targets of all bases, to take parts from */
export type Mutator = (
  target: Buffer,
  random: SeededRandom,
  others: readonly Buffer[],
) => Uint8Array;

/**
 * The same seed, index and bases give the same file, so that a failure is found again by its index alone.
 *
 * @param mutators by what they do
 */
export function mutatedFile(
  bases: readonly FuzzBase[],
  mutators: Readonly<Record<string, Mutator>>,
  seed: number,
  index: number,
): FuzzFile {
  const random = new SeededRandom(seed, index);
  const [kind, mutate] = random.pick(Object.entries(mutators));
  const { format, files, target } = random.pick(bases);
  const bytes = mutate(
    targetOf({ format, files, target }),
    random,
    bases.map((base) => targetOf(base)),
  );
  return { kind, format, files: new Map(files).set(target, bytes) };
}

function targetOf({ files, target }: FuzzBase): Buffer {
  const bytes = files.get(target);
  if (bytes === undefined) throw new Error(`a base has no ${target}`);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
