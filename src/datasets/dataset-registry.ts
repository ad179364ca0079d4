/** The datasets that this installation knows, by name. */
import { UserError } from '../errors';
import type { DatasetSource } from './dataset';

export interface DatasetRegistry {
  /** @throws UserError DATASET_UNKNOWN, naming the known ones */
  get(name: string): DatasetSource;
  /** In the order of registration. */
  list(): readonly DatasetSource[];
}

/** @throws Error where two sources have one name: a mistake of the composition root */
export function createDatasetRegistry(sources: readonly DatasetSource[]): DatasetRegistry {
  const byName = new Map(sources.map((source) => [source.name, source]));
  if (byName.size < sources.length) throw new Error('two dataset sources have the same name');
  return {
    get(name) {
      const source = byName.get(name);
      if (source === undefined) {
        const known = [...byName.keys()];
        throw new UserError(
          'DATASET_UNKNOWN',
          `There is no dataset ${JSON.stringify(name)}. Known: ${known.join(', ')}.`,
          { details: { dataset: name, known } },
        );
      }
      return source;
    },
    list: () => [...byName.values()],
  };
}
