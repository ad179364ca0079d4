/** Run as a process of its own: copies and describes checkpoints, and prints the memory that each took at most. */
import { CheckpointStore } from '../../../src/checkpoints/checkpoint-store';
import { describeSources } from '../../../src/checkpoints/formats/describe-sources';
import { stageFromPath } from '../../../src/checkpoints/stage-from-path';

async function register(store: CheckpointStore, path: string) {
  const staging = await store.stage();
  try {
    const place = { path, said: path, guard: () => undefined };
    const format = await stageFromPath(place, staging);
    const { parameterCount, classCount } = await describeSources(format, staging.sources());
    await staging.keep();
    return { parameterCount, classCount, digest: staging.digest };
  } finally {
    await staging.discard();
  }
}

async function main([root, ...paths]: readonly string[]): Promise<void> {
  const store = new CheckpointStore(root ?? '');
  for (const path of paths) {
    const started = performance.now();
    const found = await register(store, path);
    const ms = Math.round(performance.now() - started);
    const peakBytes = process.resourceUsage().maxRSS * 1024;
    process.stdout.write(`${JSON.stringify({ ...found, ms, peakBytes })}\n`);
  }
}

void main(process.argv.slice(2));
