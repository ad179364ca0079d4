/**
 * What the service adds to the bare forward passes: the test split through its own path (queue, read, check,
 * normalise, infer, count, store) beside onnxruntime-node alone, in turns, in one process.
 *
 *   npm run bench:evaluate -- [--dataset NAME] [--checkpoint PATH] [--rounds N]
 */
import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Checkpoint } from '../src/checkpoints/checkpoint.entity';
import { tableLines } from '../src/cli/output/table';
import { loadConfig } from '../src/config/load-config';
import { dataFolder } from '../src/database/connect';
import type { Dataset } from '../src/datasets/dataset.entity';
import { messageOf } from '../src/errors';
import { type Services, startServices } from '../src/services';
import { bareOnnxruntime } from './support/bare-onnxruntime';
import { onnxBytes } from './support/onnx-bytes';

const SPLIT = 'test';
const WARM_UP_ROUNDS = 2;

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: {
      dataset: { type: 'string', default: 'fashion-mnist' },
      checkpoint: { type: 'string', default: 'checkpoints/fashion-cnn' },
      rounds: { type: 'string', default: '9' },
    },
  });
  const folder = await mkdtemp(path.join(tmpdir(), 'assay-bench-'));
  // A database of its own, but the files that an earlier start has fetched.
  const fetched = path.join(dataFolder(loadConfig()), 'datasets', 'fashion-mnist');
  const loaded = loadConfig({
    ASSAY_DATA_MIRROR: fetched,
    ...process.env,
    ASSAY_DATA_PATH: folder,
  });
  const services = await startServices(loaded);
  try {
    await services.startWorker();
    const dataset = await services.datasets.register(flags.dataset);
    const checkpoint = (await services.registration.fromPath(flags.checkpoint, {})).checkpoint;
    await compare(services, checkpoint, dataset, Number(flags.rounds));
  } finally {
    await services.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(
  services: Services,
  checkpoint: Checkpoint,
  dataset: Dataset,
  rounds: number,
): Promise<void> {
  const { batchSize } = services.loaded.config.evaluation;
  const split = await services.datasets.load(dataset, SPLIT);
  const onnx = await onnxBytes(services.checkpoints, checkpoint);
  const bare: number[] = [];
  const stored: number[] = [];
  const settled: number[] = [];
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    const [bareMs] = await bareOnnxruntime(onnx, split, { batchSize });
    const times = await timeRun(services, checkpoint, dataset, batchSize);
    if (round < 0 || bareMs === undefined) continue;
    bare.push(bareMs);
    stored.push(times.storedMs);
    settled.push(times.settledMs);
  }
  const ratios = stored.map((ms, i) => ms / (bare[i] ?? Number.NaN));
  const metrics = settled.map((ms, i) => ms - (stored[i] ?? Number.NaN));
  const megabytes = Math.round(process.memoryUsage().rss / 1e6);
  const lines = tableLines(
    [
      { title: `${split.sampleCount} images, ${rounds} rounds`, align: 'left' },
      { title: 'min', align: 'right' },
      { title: 'median', align: 'right' },
      { title: 'max', align: 'right' },
    ],
    [
      ['onnxruntime-node alone, ms', ...spread(bare, 0)],
      ['the service, request to counted and stored, ms', ...spread(stored, 0)],
      ['ratio', ...spread(ratios, 2)],
      ['all metrics and their intervals on top, ms', ...spread(metrics, 0)],
    ],
  );
  process.stdout.write(`${lines.join('\n')}\nresident memory of the process: ${megabytes} MB\n`);
}

/** From the request until every sample is counted and its outputs are stored, and until the result is. */
async function timeRun(
  { evaluations }: Services,
  checkpoint: Checkpoint,
  dataset: Dataset,
  batchSize: number,
): Promise<{ storedMs: number; settledMs: number }> {
  const startedAt = performance.now();
  const run = await evaluations.request({
    checkpointId: checkpoint.id,
    datasetId: dataset.id,
    split: SPLIT,
    engine: 'onnx',
    batchSize,
    force: true,
  });
  let ended = run;
  let storedMs: number | undefined;
  for await (const state of evaluations.watch(run.id)) {
    if (state.samplesDone === state.samplesTotal) storedMs ??= performance.now() - startedAt;
    ended = state;
  }
  if (!(await evaluations.result(run.id)))
    throw new Error(`run ${run.id}: ${ended.failureMessage}`);
  const settledMs = performance.now() - startedAt;
  return { storedMs: storedMs ?? settledMs, settledMs };
}

function spread(values: number[], decimals: number): string[] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
  return [0, 0.5, 1].map((share) => at(share).toFixed(decimals));
}

main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});
