/** `assay workers`: who evaluates at present, and what waits. */
import { Command } from 'commander';
import { loadConfig } from '../config/load-config';
import type { QueueStatus, WorkerStatus } from '../evaluations/worker-registry';
import { startServices } from '../services';
import { unbroken } from './interruptible';
import type { CommandIo } from './output/command-io';
import { printable } from './output/printable';
import { tableLines } from './output/table';

export function workersCommand(io: CommandIo): Command {
  return new Command('workers')
    .description('show the workers that live and the shards that wait')
    .option('--json', 'print them as one line of JSON')
    .action(({ json }: { json?: boolean }) => unbroken(() => run(io, json ?? false)));
}

async function run(io: CommandIo, json: boolean): Promise<void> {
  const services = await startServices(loadConfig());
  try {
    const workers = await services.workers.alive();
    const queues = await services.workers.queues();
    if (json) io.stdout.write(`${JSON.stringify({ workers, queues })}\n`);
    else io.stdout.write(`${[...workerLines(workers), '', ...queueLines(queues)].join('\n')}\n`);
  } finally {
    await services.stop(0);
  }
}

function workerLines(workers: readonly WorkerStatus[]): string[] {
  if (workers.length === 0) return ['No worker lives: "assay worker" starts one.'];
  return tableLines(
    [
      { title: 'Host', align: 'left' },
      { title: 'Process', align: 'right' },
      { title: 'Version', align: 'left' },
      { title: 'Engines', align: 'left' },
      { title: 'At a time', align: 'right' },
      { title: 'Last heard of', align: 'left' },
      { title: 'In work', align: 'left' },
    ],
    workers.map((worker) => [
      printable(worker.host),
      String(worker.pid),
      printable(worker.version ?? 'unknown'),
      worker.engines.join(', '),
      String(worker.concurrency),
      worker.heartbeatAt.toISOString(),
      worker.shards.map(inWork).join('; ') || '-',
    ]),
  );
}

function inWork({ runId, shard, samplesDone, sampleCount }: WorkerStatus['shards'][number]) {
  return `${runId} shard ${shard}, ${samplesDone} of ${sampleCount}`;
}

function queueLines(queues: readonly QueueStatus[]): string[] {
  return tableLines(
    [
      { title: 'Engine', align: 'left' },
      { title: 'Waiting', align: 'right' },
      { title: 'In work', align: 'right' },
      { title: 'Oldest waits', align: 'right' },
    ],
    queues.map(({ engine, waiting, running, oldestSeconds }) => [
      engine,
      String(waiting),
      String(running),
      oldestSeconds === null ? '-' : `${oldestSeconds.toFixed(1)} s`,
    ]),
  );
}
