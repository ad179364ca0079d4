/** What `bench:scale` concludes from its measurements for a billion images a day. */
import { tableLines } from '../../src/cli/output/table';
import { loads, type MeasuredCosts, outputsOfDay, type Plan, workersOf } from './capacity-model';
import { print, type RatePoint, type ShardCost } from './scale-report';
import type { StoreBandwidth } from './store-bandwidth';

const IMAGES_A_DAY = 1e9;
const CLASSES = 10;
/** The embedded server's; a server of its own is set to several hundred. */
const CONNECTIONS = { embedded: 100, own: 500 };

/** @param points of idle workers, of workers that compute, and of those whose shards take no time */
export function costsOf(
  { shards, work }: ShardCost,
  points: { idle: RatePoint[]; busy: RatePoint[]; quick: RatePoint[] },
  store: StoreBandwidth,
  runsAtOnce: number,
): MeasuredCosts {
  const shard = { serverCpuMs: work.serverCpuMs / shards, walBytes: work.walBytes / shards };
  const most = (list: RatePoint[], pick: (point: RatePoint) => number) =>
    list.reduce((best, point) => Math.max(best, pick(point)), 0);
  const ofWorker = (point: RatePoint | undefined) => {
    if (!point) throw new Error('nothing was measured');
    const each = (cost: 'serverCpuMs' | 'walBytes') =>
      Math.max(0, point.work[cost] - point.shards * shard[cost]) /
      point.work.seconds /
      point.workers;
    return { serverCpuMs: each('serverCpuMs'), walBytes: each('walBytes') };
  };
  const shardsPerSecond = most(points.quick, (point) => point.shards / point.work.seconds);
  return {
    shard,
    // Of the most workers that were tried, since what they cost each other counts.
    idle: ofWorker(points.idle.at(-1)),
    busy: ofWorker(points.busy.at(-1)),
    connectionsOfWorker: most(points.busy, (point) => point.connections / point.workers),
    runRowMs: (1000 * runsAtOnce) / shardsPerSecond,
    walBytesPerSecond: most(points.quick, ({ work: { walBytes, seconds } }) => walBytes / seconds),
    storeBytesPerSecond: store.megabytesPerSecond * 1e6,
  };
}

export function printOutlook(costs: MeasuredCosts, cores: number): void {
  const common = {
    imagesPerSecond: IMAGES_A_DAY / 86_400,
    imagesOfRun: 1_000_000,
    shardSize: 10_000,
    cores,
  };
  const plans: Plan[] = [
    {
      ...common,
      what: 'small images (784 bytes), 10,000 images/s a worker',
      imagesPerSecondOfWorker: 10_000,
      imageBytes: 784,
      maxConnections: CONNECTIONS.embedded,
    },
    {
      ...common,
      what: 'small images, a heavier model: 100 images/s a worker',
      imagesPerSecondOfWorker: 100,
      imageBytes: 784,
      maxConnections: CONNECTIONS.own,
    },
    {
      ...common,
      what: '224×224×3 images, 25 images/s a worker',
      imagesPerSecondOfWorker: 25,
      imageBytes: 150_528,
      maxConnections: CONNECTIONS.own,
    },
  ];
  for (const plan of plans) {
    const lines = tableLines(
      [
        { title: `${plan.what}: ${workersOf(plan)} workers`, align: 'left' },
        { title: 'used', align: 'right' },
        { title: 'mean wait, ms', align: 'right' },
      ],
      loads(costs, plan).map(({ resource, utilisation, waitMs }) => [
        resource,
        `${(100 * utilisation).toFixed(1)} %`,
        waitMs === null ? '' : waitMs.toFixed(1),
      ]),
    );
    print(['', ...lines]);
  }
  const [plan] = plans;
  const gigabytes = plan ? outputsOfDay(plan, CLASSES) / 1e9 : Number.NaN;
  print([
    '',
    `Outputs of ${CLASSES} classes: ${gigabytes.toFixed(0)} GB a day, and as much WAL.`,
    `Costs: ${JSON.stringify(costs, (_, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(3)) : value))}`,
  ]);
}
