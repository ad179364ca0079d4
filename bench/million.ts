/**
 * One million images in 100 shards: a real `assay serve --no-worker` and a real `assay worker` from dist evaluate
 * the test split over and over. Printed over time: the memory of both, and the worker's images a second beside those
 * of onnxruntime-node alone on the same batches; the worker is suspended for that, so that they take turns.
 * At the end: what settling costs, and what the run takes in the database.
 *
 *   npm run bench:million -- [--images N] [--concurrency N] [--checkpoint PATH]
 *
 * Needs 800 bytes an image of disk and of memory. Linux alone: memory is read from /proc.
 */
import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '../src/config/load-config';
import { dataFolder } from '../src/database/connect';
import { messageOf } from '../src/errors';
import { createRegistry, type Services, startServices } from '../src/services';
import { AssayProcess } from './support/assay-process';
import { openBareSession } from './support/bare-onnxruntime';
import { followRun, type FollowedRun } from './support/million-run';
import { printMillion, printTurn } from './support/million-report';
import { onnxBytes } from './support/onnx-bytes';
import { storeRepeatedSplit } from './support/repeated-split';
import { ResidentMemory } from './support/resident-memory';

const SPLIT = 'test';

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: {
      images: { type: 'string', default: '1000000' },
      concurrency: { type: 'string' },
      checkpoint: { type: 'string', default: 'checkpoints/fashion-cnn' },
    },
  });
  const folder = await mkdtemp(path.join(tmpdir(), 'assay-bench-'));
  // A database of its own, but the files that an earlier start has fetched.
  const fetched = path.join(dataFolder(loadConfig()), 'datasets', 'fashion-mnist');
  const env = {
    ASSAY_DATA_MIRROR: fetched,
    ...process.env,
    ASSAY_DATA_PATH: folder,
    PORT: '0',
  };
  const services = await startServices(loadConfig(env));
  const processes: AssayProcess[] = [];
  try {
    const { running: api, said } = await AssayProcess.start(
      ['serve', '--no-worker'],
      env,
      /Open (\S+)\/ in a browser/,
    );
    processes.push(api);
    const { running: worker } = await AssayProcess.start(
      [
        'worker',
        ...['--engines', 'onnx', '--api', said[1] ?? ''],
        ...(flags.concurrency === undefined ? [] : ['--concurrency', flags.concurrency]),
      ],
      env,
      /takes shards/,
    );
    processes.push(worker);
    const memory = new ResidentMemory({ worker: worker.pid, api: api.pid });
    try {
      const run = await evaluate(services, said[1] ?? '', worker, memory, {
        images: Number(flags.images),
        checkpointPath: flags.checkpoint,
      });
      await printMillion(services.database.dataSource, run, memory);
    } finally {
      memory.stop();
    }
  } finally {
    for (const one of processes.reverse()) await one.stop();
    await services.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function evaluate(
  services: Services,
  url: string,
  worker: AssayProcess,
  memory: ResidentMemory,
  { images, checkpointPath }: { images: number; checkpointPath: string },
): Promise<FollowedRun> {
  const { loaded, database, registration, checkpoints } = services;
  const source = createRegistry(loaded, () => undefined).get('fashion-mnist');
  const { classNames } = await source.describe();
  const split = await source.loadSplit(SPLIT);
  const { batchSize, shardSize } = loaded.config.evaluation;
  if (shardSize !== split.sampleCount || images % shardSize !== 0) {
    throw new Error(`a shard must be the split: use evaluation.shard_size ${split.sampleCount}`);
  }
  const cache = path.join(dataFolder(loaded), 'cache');
  const times = images / shardSize;
  const dataset = await storeRepeatedSplit(database.dataSource, cache, split, {
    classNames,
    times,
  });
  const { checkpoint } = await registration.fromPath(checkpointPath, {});
  const bare = await openBareSession(await onnxBytes(checkpoints, checkpoint), split, batchSize);
  try {
    return await followRun({
      dataSource: database.dataSource,
      url,
      input: { checkpointId: checkpoint.id, datasetId: dataset.id, split: SPLIT, batchSize },
      shards: times,
      images,
      worker,
      memory,
      bare: () => bare.pass(),
      onTurn: (turns) => {
        printTurn(turns, memory);
      },
    });
  } finally {
    await bare.release();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});
