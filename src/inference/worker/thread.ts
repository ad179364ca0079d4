/** An engine thread: keeps models and computes its part of one shard after another, so that no other thread waits. */
import { parentPort } from 'node:worker_threads';
import type { CheckpointFiles } from '../../checkpoints/formats/checkpoint-files';
import { preprocessingDigest } from '../../checkpoints/preprocessing';
import type { Engine, EngineName, LoadedModel } from '../engine';
import { createOnnxEngine } from '../onnx/onnx-engine';
import { TfjsEngine } from '../tfjs/tfjs-engine';
import { ModelCache } from './model-cache';
import type { FromThread, ShardOrder, ToThread } from './protocol';
import { BatchFailed, runShard } from './run-shard';
import { toWire } from '../../threads/wire-error';

if (parentPort === null) throw new Error('this file runs in a worker thread only');
const port = parentPort;
const models = new ModelCache();
/** Each loads its runtime, tens of megabytes, when it loads its first model. */
const engines: Readonly<Record<EngineName, Engine>> = {
  onnx: createOnnxEngine(),
  tfjs: new TfjsEngine(),
};
let work = Promise.resolve();
let takeCheckpoint: ((checkpoint: CheckpointFiles) => void) | undefined;

port.on('message', (message: ToThread) => {
  switch (message.type) {
    case 'evaluate':
      work = work.then(() => evaluate(message));
      break;
    case 'checkpoint':
      takeCheckpoint?.(message.checkpoint);
      break;
    case 'close':
      work = work.then(close);
  }
});

async function evaluate(order: ShardOrder): Promise<void> {
  try {
    const started = performance.now();
    const cached = models.get(keyOf(order));
    const model = cached ?? (await loadModel(order));
    const loaded = performance.now();
    const part = await runShard(order, model);
    const timings = {
      loadMs: cached === undefined ? loaded - started : 0,
      inferenceMs: performance.now() - loaded,
    };
    send({ type: 'done', part: { ...part, timings } });
  } catch (error) {
    const { cause, batch } =
      error instanceof BatchFailed ? error : { cause: error, batch: undefined };
    send({ type: 'failed', error: toWire(cause), batch });
  }
}

async function loadModel(order: ShardOrder): Promise<LoadedModel> {
  const arrival = new Promise<CheckpointFiles>((resolve) => {
    takeCheckpoint = resolve;
  });
  send({ type: 'checkpoint-needed' });
  const { engine, preprocessing, threads } = order;
  const model = await engines[engine].load(await arrival, { preprocessing, threads });
  await models.add(keyOf(order), model);
  return model;
}

/** With its port closed and its sessions released, nothing keeps the thread alive. */
async function close(): Promise<void> {
  try {
    await models.clear();
  } finally {
    port.close();
  }
}

/** A loaded model holds its preprocessing and its threads, so one checkpoint under two of them is two models. */
function keyOf({ engine, threads, checkpointDigest, preprocessing }: ShardOrder): string {
  const prepared = preprocessing === undefined ? 'own' : preprocessingDigest(preprocessing);
  return `${engine}:${threads}:${checkpointDigest}:${prepared}`;
}

function send(message: FromThread): void {
  port.postMessage(message);
}
