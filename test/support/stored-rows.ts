/** Rows for tests that begin in the middle: a checkpoint and a dataset are there, a run or a result too. */
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { Checkpoint } from '../../src/checkpoints/checkpoint.entity';
import { Dataset } from '../../src/datasets/dataset.entity';
import { EvaluationResult } from '../../src/evaluations/evaluation-result.entity';
import type { NewRun } from '../../src/evaluations/evaluation-run.repository';
import { EvaluationRun, RunState } from '../../src/evaluations/evaluation-run.entity';
import { defaultPreprocessing, preprocessingDigest } from '../../src/checkpoints/preprocessing';
import { report } from '../../src/metrics/report';

const digest = () => randomUUID().replaceAll('-', '').repeat(2);

export const PREPROCESSING = defaultPreprocessing({ channels: 1, endsInSoftmax: false });

export async function storeCheckpoint(
  { manager }: DataSource,
  more: { digest?: string } = {},
): Promise<Checkpoint> {
  const id = randomUUID();
  await manager.insert(Checkpoint, {
    id,
    name: `checkpoint ${id}`,
    digest: digest(),
    format: 'onnx',
    architecture: 'Flatten, Gemm',
    inputHeight: 28,
    inputWidth: 28,
    inputChannels: 1,
    classCount: 2,
    parameterCount: 1570,
    sizeBytes: 6280,
    preprocessing: PREPROCESSING,
    preprocessingDigest: preprocessingDigest(PREPROCESSING),
    ...more,
  });
  return manager.findOneByOrFail(Checkpoint, { id });
}

export async function storeDataset({ manager }: DataSource): Promise<Dataset> {
  const id = randomUUID();
  await manager.insert(Dataset, {
    id,
    name: `dataset ${id}`,
    digest: digest(),
    classNames: ['cat', 'dog'],
    imageHeight: 28,
    imageWidth: 28,
    imageChannels: 1,
    splits: [{ name: 'test', sampleCount: 4, digest: digest() }],
  });
  return manager.findOneByOrFail(Dataset, { id });
}

/** What a repository wants for a run on rows of its own. */
export async function newRun(dataSource: DataSource): Promise<NewRun> {
  const checkpoint = await storeCheckpoint(dataSource);
  const dataset = await storeDataset(dataSource);
  return {
    checkpointId: checkpoint.id,
    datasetId: dataset.id,
    split: 'test',
    engine: 'onnx',
    batchSize: 64,
    samplesTotal: 4,
  };
}

/** A result with small true figures; its block is `blockOf` the run. */
export function resultOf(run: EvaluationRun) {
  const totals = {
    classCount: 2,
    sampleCount: 4,
    lossSum: 2,
    confusionMatrix: [
      [1, 1],
      [0, 2],
    ],
  };
  const found = report(totals);
  return {
    runId: run.id,
    checkpointId: run.checkpointId,
    datasetId: run.datasetId,
    checkpointDigest: digest(),
    dataDigest: digest(),
    preprocessing: PREPROCESSING,
    split: run.split,
    engine: run.engine,
    backend: 'onnxruntime',
    backendVersion: '0',
    ...totals,
    loss: found.loss,
    accuracy: found.accuracy,
    balancedAccuracy: found.balancedAccuracy,
    macroPrecision: found.macro.precision,
    macroRecall: found.macro.recall,
    macroF1: found.macro.f1,
    microF1: found.micro.f1,
    weightedPrecision: found.weighted.precision,
    weightedRecall: found.weighted.recall,
    weightedF1: found.weighted.f1,
    loadMs: 1,
    inferenceMs: 2,
    totalMs: 3,
  };
}

export function blockOf(run: EvaluationRun, shard = 0) {
  return {
    runId: run.id,
    shard,
    firstSample: 0,
    sampleCount: 4,
    classCount: 2,
    kind: 'logits' as const,
    logits: Buffer.from(new Float32Array(8).buffer),
    lossSum: 2,
  };
}

/** A succeeded run with its result. */
export async function storeResult(
  { manager }: DataSource,
  run: NewRun,
  more: { createdAt?: Date } = {},
): Promise<EvaluationResult> {
  const id = randomUUID();
  const row = { ...run, id, state: RunState.SUCCEEDED };
  await manager.insert(EvaluationRun, row);
  const stored = await manager.findOneByOrFail(EvaluationRun, { id });
  await manager.insert(EvaluationResult, { ...resultOf(stored), ...more });
  return manager.findOneByOrFail(EvaluationResult, { runId: id });
}
