/** How many threads share a shard, and how many cores the runtime of each may use. */
import { installedBackend } from '../installed-backend';
import type { ShardRequest } from '../shard-evaluator';

/** Each holds a model, and has a runtime and a JavaScript heap of its own. */
const MOST_LANES = 4;

/** A thread that gets fewer would take longer to start than what it saves. */
const LEAST_BATCHES = 4;

/**
 * Of weights and one batch as float32. A thread a core is faster, as what is done in JavaScript is shared too and no
 * core waits for another at each layer, while the weights fit into the processor's caches. On 2 cores, with pauses
 * in between (`npm run bench:lanes`): 1.89 times at 0.4 MB, 1.14 at 1.7, 1.13 at 3.3, 1.10 at 15.4, 0.84 at 36.9.
 */
const MOST_BYTES = 16 * 2 ** 20;

/**
 * @param cores of the machine
 * @param backendOf what is installed for an engine
 * @returns a number of cores for each thread
 */
export function lanesFor(
  { engine, checkpoint, split, sampleCount, batchSize }: ShardRequest,
  cores: number,
  backendOf = installedBackend,
): number[] {
  const { height, width, channels } = split.imageShape;
  const bytes = checkpoint.sizeBytes + 4 * batchSize * height * width * channels;
  // TensorFlow's library can't be told its cores, and whether it can be loaded where its package is shows only when it
  // is; wasm runs on one core.
  const isAlone = engine === 'tfjs' && backendOf('tfjs')?.name !== 'wasm';
  if (isAlone || bytes > MOST_BYTES) return [cores];
  const most = Math.min(cores, MOST_LANES);
  const batches = Math.ceil(sampleCount / batchSize);
  const count = Math.max(1, Math.min(most, Math.floor(batches / LEAST_BATCHES)));
  // By `most`, not by `count`: a short shard finds the model that the long ones have loaded.
  return Array.from(
    { length: count },
    (_, lane) => Math.floor(cores / most) + (lane < cores % most ? 1 : 0),
  );
}
