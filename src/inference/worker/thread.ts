/** The engine thread: keeps the models and evaluates one shard after another, so that no other thread waits. */
import { parentPort } from 'node:worker_threads';
import type { CheckpointFiles } from '../../checkpoints/formats/checkpoint-files';
import { preprocessingDigest } from '../../checkpoints/preprocessing';
import type { Engine, EngineName, LoadedModel } from '../engine';
import { createOnnxEngine } from '../onnx/onnx-engine';
import { TfjsEngine } from '../tfjs/tfjs-engine';
import { ModelCache } from './model-cache';
import type { FromThread, ShardOrder, ToThread } from './protocol';
import { runShard } from './run-shard';
import { toWire } from '../../threads/wire-error';

/** Some 20 a second: a progress bar needs no more, and each message costs the other thread time. */
const PROGRESS_INTERVAL_MS = 50;

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
    const result = await runShard(order, model, throttledProgress(loaded));
    if (result === undefined) {
      send({ type: 'stopped' });
      return;
    }
    const timings = {
      loadMs: cached === undefined ? loaded - started : 0,
      inferenceMs: performance.now() - loaded,
    };
    const buffer = result.logits.buffer as ArrayBuffer;
    send({ type: 'done', outcome: { ...result, timings } }, [buffer]);
  } catch (error) {
    send({ type: 'failed', error: toWire(error) });
  }
}

async function loadModel(order: ShardOrder): Promise<LoadedModel> {
  const arrival = new Promise<CheckpointFiles>((resolve) => {
    takeCheckpoint = resolve;
  });
  send({ type: 'checkpoint-needed' });
  const model = await engines[order.engine].load(await arrival, order.preprocessing);
  await models.add(keyOf(order), model);
  return model;
}

function throttledProgress(start: number): (samplesDone: number) => void {
  let last = start;
  return (samplesDone) => {
    const now = performance.now();
    if (now - last < PROGRESS_INTERVAL_MS) return;
    last = now;
    send({ type: 'progress', samplesDone });
  };
}

/** With its port closed and its sessions released, nothing keeps the thread alive. */
async function close(): Promise<void> {
  try {
    await models.clear();
  } finally {
    port.close();
  }
}

/** A loaded model holds its preprocessing, so one checkpoint under two of them is two models. */
function keyOf({ engine, checkpointDigest, preprocessing }: ShardOrder): string {
  const prepared = preprocessing === undefined ? 'own' : preprocessingDigest(preprocessing);
  return `${engine}:${checkpointDigest}:${prepared}`;
}

function send(message: FromThread, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}
