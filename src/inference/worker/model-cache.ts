/** Keeps the last models loaded, so that the shards of a run, and the next run, find theirs ready. */
import type { LoadedModel } from '../engine';

/** The two sides of a comparison; each model holds its weights and the runtime's work space. */
const CAPACITY = 2;

export class ModelCache {
  /** The least recently used first. */
  private readonly models = new Map<string, LoadedModel>();

  get(key: string): LoadedModel | undefined {
    const model = this.models.get(key);
    if (model !== undefined) {
      this.models.delete(key);
      this.models.set(key, model);
    }
    return model;
  }

  /** Keeps a model that has been loaded and releases the one used longest ago where there are too many. */
  async add(key: string, model: LoadedModel): Promise<void> {
    this.models.set(key, model);
    for (const [oldest, evicted] of this.models) {
      if (this.models.size <= CAPACITY) break;
      this.models.delete(oldest);
      await evicted.dispose();
    }
  }

  async clear(): Promise<void> {
    const models = [...this.models.values()];
    this.models.clear();
    for (const model of models) await model.dispose();
  }
}
