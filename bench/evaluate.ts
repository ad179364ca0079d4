/**
 * What the service adds to the bare forward passes: the test split through its own path (queue, read, check,
 * normalise, infer, count, store) beside onnxruntime-node alone, in turns, in one process.
 *
 *   npm run bench:evaluate -- [--dataset NAME] [--checkpoint PATH] [--rounds N]
 */
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import type { Checkpoint } from '../src/checkpoints/checkpoint.entity';
import type { Dataset } from '../src/datasets/dataset.entity';
import { type Services, startServices } from '../src/services';
import { bareOnnxruntime } from './support/bare-onnxruntime';
import { onnxBytes } from './support/onnx-bytes';
import { configuredInScratch, runBench } from './support/scratch';
import { writeSpreadTable } from './support/spread-table';

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
  await configuredInScratch(async (loaded) => {
    const services = await startServices(loaded);
    try {
      await services.startWorker();
      const dataset = await services.datasets.register(flags.dataset);
      const checkpoint = (await services.registration.fromPath(flags.checkpoint, {})).checkpoint;
      await compare(services, checkpoint, dataset, Number(flags.rounds));
    } finally {
      await services.stop();
    }
  });
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
  writeSpreadTable(`${split.sampleCount} images, ${rounds} rounds`, [
    { what: 'onnxruntime-node alone, ms', values: bare, decimals: 0 },
    { what: 'the service, request to counted and stored, ms', values: stored, decimals: 0 },
    { what: 'ratio', values: ratios, decimals: 2 },
    { what: 'all metrics and their intervals on top, ms', values: metrics, decimals: 0 },
  ]);
  process.stdout.write(`resident memory of the process: ${megabytes} MB\n`);
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

runBench(main);
