/**
 * What it brings that several threads share a shard, by the size of the network: shards by one thread whose runtime
 * has all cores, and by one thread a core, in turns, in one process.
 *
 *   npm run bench:lanes -- [--rounds N] [--batch N]
 */
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { tableLines } from '../src/cli/output/table';
import { DEFAULT_BATCH_SIZE } from '../src/inference/batch-size';
import type { ShardEvaluator } from '../src/inference/shard-evaluator';
import { createShardEvaluator } from '../src/inference/worker/shard-evaluator';
import { madeCheckpoint, madeSplit, type NetworkPlan } from './support/made-networks';
import { runBench } from './support/scratch';
import { SPINNING_MS } from './support/spinning';
import { quantile } from './support/spread-table';

const SMALL = { height: 28, width: 28, channels: 1 };
const COLOUR = { height: 32, width: 32, channels: 3 };
interface Network {
  name: string;
  images: number;
  plan: NetworkPlan;
}

const NETWORKS: readonly Network[] = [
  { name: 'dense alone', images: 20_000, plan: { image: SMALL, blocks: [], units: [128] } },
  {
    name: 'small CNN',
    images: 5_000,
    plan: { image: SMALL, blocks: [[32], [64]], units: [128] },
  },
  {
    name: 'deep CNN',
    images: 1_000,
    plan: {
      image: COLOUR,
      blocks: [
        [32, 32],
        [64, 64],
        [128, 128],
      ],
      units: [256],
    },
  },
  {
    name: 'wide CNN',
    images: 640,
    plan: {
      image: COLOUR,
      blocks: [
        [64, 64],
        [128, 128],
        [256, 256, 256],
      ],
      units: [512],
    },
  },
  {
    name: 'VGG-like',
    images: 320,
    plan: {
      image: COLOUR,
      blocks: [[64], [128], [256, 256], [512, 512], [512, 512]],
      units: [],
    },
  },
  {
    name: 'wide and dense',
    images: 4_000,
    plan: { image: COLOUR, blocks: [], units: [4096, 2048] },
  },
];

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: {
      rounds: { type: 'string', default: '7' },
      batch: { type: 'string', default: String(DEFAULT_BATCH_SIZE) },
    },
  });
  const rows: string[][] = [];
  for (const network of NETWORKS) {
    rows.push(await compared(network, Number(flags.rounds), Number(flags.batch)));
  }
  const right = (title: string) => ({ title, align: 'right' as const });
  const titles = ['MB', 'one thread', 'a thread a core', 'ratio, min', 'median', 'max', 'RSS +MB'];
  const cores = `${os.availableParallelism()} cores; images/s`;
  const lines = tableLines([{ title: cores, align: 'left' }, ...titles.map(right)], rows);
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** @returns a line of the table */
async function compared(
  { name, images, plan }: Network,
  rounds: number,
  batchSize: number,
): Promise<string[]> {
  const checkpoint = madeCheckpoint(plan);
  const split = madeSplit(plan.image, images);
  const request = { checkpoint, split, firstSample: 0, sampleCount: images, batchSize };
  const one = createShardEvaluator({ lanes: (_, cores) => [cores] });
  const each = createShardEvaluator({ lanes: (_, cores) => new Array<number>(cores).fill(1) });
  const speedOf = async (evaluator: ShardEvaluator): Promise<number> => {
    await sleep(SPINNING_MS);
    const startedAt = performance.now();
    await evaluator.evaluate({ engine: 'onnx', ...request });
    return (1000 * images) / (performance.now() - startedAt);
  };
  try {
    await speedOf(one);
    const before = process.memoryUsage.rss();
    await speedOf(each);
    const more = process.memoryUsage.rss() - before;
    const speeds: { one: number; each: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      speeds.push({ one: await speedOf(one), each: await speedOf(each) });
    }
    const ratios = speeds.map((speed) => speed.each / speed.one);
    return [
      name,
      (checkpoint.sizeBytes / 1e6).toFixed(1),
      ...(['one', 'each'] as const).map((way) =>
        quantile(
          speeds.map((speed) => speed[way]),
          0.5,
        ).toFixed(0),
      ),
      ...[0, 0.5, 1].map((share) => quantile(ratios, share).toFixed(2)),
      (more / 1e6).toFixed(0),
    ];
  } finally {
    await one.close();
    await each.close();
  }
}

runBench(main);
