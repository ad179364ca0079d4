/**
 * How far each resource is used by W workers that evaluate so many images a second. Each is a server with one queue;
 * what is asked of it adds up over shards and workers, and who comes meets a line as of M/D/1: requests at random,
 * each served in the same time, thus a mean wait of ρ / (2 (1 − ρ)) services (Pollaczek and Khinchine).
 */

/** As measured; times are of processors like those it was measured on. */
export interface MeasuredCosts {
  /** Of a shard with its part of settling. */
  shard: { serverCpuMs: number; walBytes: number };
  /** Of a worker, each second, whatever it does. */
  idle: { serverCpuMs: number; walBytes: number };
  /** Of a worker that computes, each second: its beats, its progress and the others' listening. */
  busy: { serverCpuMs: number; walBytes: number };
  connectionsOfWorker: number;
  /** How long a shard keeps its run's row from the other shards of the run. */
  runRowMs: number;
  /** The most that was seen. */
  walBytesPerSecond: number;
  storeBytesPerSecond: number;
}

export interface Plan {
  what: string;
  imagesPerSecond: number;
  /** Of one worker; there are as many as that needs, and a quarter more. */
  imagesPerSecondOfWorker: number;
  imageBytes: number;
  imagesOfRun: number;
  shardSize: number;
  /** Of the database's server. */
  cores: number;
  maxConnections: number;
}

export interface Load {
  resource: string;
  /** 1: all that there is. */
  utilisation: number;
  /** Mean wait for it, where it is a line; else null. */
  waitMs: number | null;
}

const HEADROOM = 1.25;

export function workersOf({ imagesPerSecond, imagesPerSecondOfWorker }: Plan): number {
  return Math.ceil((HEADROOM * imagesPerSecond) / imagesPerSecondOfWorker);
}

/** @returns the most used first */
export function loads(costs: MeasuredCosts, plan: Plan): Load[] {
  const { imagesPerSecond, imageBytes, imagesOfRun, shardSize, cores, maxConnections } = plan;
  const workers = workersOf(plan);
  const shards = imagesPerSecond / shardSize;
  const busy = workers / HEADROOM;
  const sum = (cost: 'serverCpuMs' | 'walBytes') =>
    shards * costs.shard[cost] + busy * costs.busy[cost] + (workers - busy) * costs.idle[cost];
  const splitBytes = imagesOfRun * imageBytes;
  // Whoever takes one shard of a run fetches all of its split, once.
  const fetchers = Math.min(workers, imagesOfRun / shardSize);
  const storeBytes = (imagesPerSecond / imagesOfRun) * fetchers * splitBytes;
  const line = (resource: string, utilisation: number, serviceMs: number): Load => ({
    resource,
    utilisation,
    waitMs: utilisation < 1 ? (serviceMs * utilisation) / (2 * (1 - utilisation)) : Infinity,
  });
  return [
    line("database's processors", sum('serverCpuMs') / (1000 * cores), costs.shard.serverCpuMs),
    line('row of the only run', (shards * costs.runRowMs) / 1000, costs.runRowMs),
    {
      resource: 'WAL, of the most seen here',
      utilisation: sum('walBytes') / costs.walBytesPerSecond,
      waitMs: null,
    },
    {
      resource: `connections, of ${maxConnections}`,
      utilisation: (workers * costs.connectionsOfWorker) / maxConnections,
      waitMs: null,
    },
    {
      resource: 'store of one service',
      utilisation: storeBytes / costs.storeBytesPerSecond,
      waitMs: null,
    },
    {
      resource: 'the same, were only shards fetched',
      utilisation: (imagesPerSecond * imageBytes) / costs.storeBytesPerSecond,
      waitMs: null,
    },
  ].sort((a, b) => b.utilisation - a.utilisation);
}

/** Bytes of outputs a day, as float32; the WAL takes them once more. */
export function outputsOfDay({ imagesPerSecond }: Plan, classCount: number): number {
  return imagesPerSecond * 86_400 * classCount * Float32Array.BYTES_PER_ELEMENT;
}
