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
import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '../src/config/load-config';
import { dataFolder } from '../src/database/connect';
import { createRegistry, type Services, startServices } from '../src/services';
import { AssayProcess } from './support/assay-process';
import { openBareSession } from './support/bare-onnxruntime';
import { followRun, type FollowedRun } from './support/million-run';
import { printMillion, printTurn } from './support/million-report';
import { onnxBytes } from './support/onnx-bytes';
import { storeRepeatedSplit } from './support/repeated-split';
import { ResidentMemory } from './support/resident-memory';
import { inScratch, runBench } from './support/scratch';

const SPLIT = 'test';

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: {
      images: { type: 'string', default: '1000000' },
      concurrency: { type: 'string' },
      checkpoint: { type: 'string', default: 'checkpoints/fashion-cnn' },
    },
  });
  await inScratch(async (env) => {
    const services = await startServices(loadConfig(env));
    const processes: AssayProcess[] = [];
    const start = async (args: readonly string[], ready: RegExp) => {
      const { running, said } = await AssayProcess.start(args, env, ready);
      processes.push(running);
      return { running, said: said[1] ?? '' };
    };
    try {
      const api = await start(['serve', '--no-worker'], /Open (\S+)\/ in a browser/);
      const concurrency =
        flags.concurrency === undefined ? [] : ['--concurrency', flags.concurrency];
      const worker = await start(
        ['worker', '--engines', 'onnx', '--api', api.said, ...concurrency],
        /(takes shards)/,
      );
      const memory = new ResidentMemory({ worker: worker.running.pid, api: api.running.pid });
      try {
        const run = await evaluate(services, api.said, worker.running, memory, {
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
    }
  });
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

runBench(main);
