/** A stored result of many classes, made from a seed: what the page is timed on. Its predictions are not stored. */
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Checkpoint } from '../../src/checkpoints/checkpoint.entity';
import { defaultPreprocessing, preprocessingDigest } from '../../src/checkpoints/preprocessing';
import { Dataset } from '../../src/datasets/dataset.entity';
import { EvaluationResult } from '../../src/evaluations/evaluation-result.entity';
import { EvaluationRun, RunState } from '../../src/evaluations/evaluation-run.entity';
import { report } from '../../src/metrics/report';
import { Random } from '../../src/metrics/statistics/random';

const SAMPLES_A_CLASS = 50;
const PREPROCESSING = defaultPreprocessing({ channels: 1, endsInSoftmax: false });

/** Most errors fall to the nine classes of the same group of ten, as in sets with kinds and sub-kinds. */
export function madeCounts(classCount: number, seed: number): number[][] {
  const random = new Random(seed);
  const counts = Array.from({ length: classCount }, () =>
    Array.from({ length: classCount }, () => 0),
  );
  for (const [label, row] of counts.entries()) {
    const group = label - (label % 10);
    for (let sample = 0; sample < SAMPLES_A_CLASS; sample++) {
      const luck = random.unit();
      const near = Math.min(classCount - 1, group + random.below(10));
      const predicted = luck < 0.7 ? label : luck < 0.9 ? near : random.below(classCount);
      row[predicted] = (row[predicted] ?? 0) + 1;
    }
  }
  return counts;
}

/** @returns the result's id */
export async function storeMadeResult(
  manager: EntityManager,
  confusionMatrix: number[][],
): Promise<string> {
  const classCount = confusionMatrix.length;
  const sampleCount = classCount * SAMPLES_A_CLASS;
  const [checkpointId, datasetId, runId] = [randomUUID(), randomUUID(), randomUUID()];
  const digest = randomUUID().replaceAll('-', '').repeat(2);
  await manager.insert(Checkpoint, {
    id: checkpointId,
    name: `made for ${classCount} classes`,
    digest,
    format: 'onnx',
    architecture: 'Flatten, Gemm',
    inputHeight: 28,
    inputWidth: 28,
    inputChannels: 1,
    classCount,
    parameterCount: 1,
    sizeBytes: 1,
    preprocessing: PREPROCESSING,
    preprocessingDigest: preprocessingDigest(PREPROCESSING),
  });
  await manager.insert(Dataset, {
    id: datasetId,
    name: `made-of-${classCount}-classes-${datasetId}`,
    digest,
    classNames: confusionMatrix.map((_, label) => `class ${label}`),
    imageHeight: 28,
    imageWidth: 28,
    imageChannels: 1,
    splits: [{ name: 'test', sampleCount, digest }],
  });
  const run = { checkpointId, datasetId, split: 'test', engine: 'onnx' as const };
  await manager.insert(EvaluationRun, {
    ...run,
    id: runId,
    batchSize: 64,
    samplesTotal: sampleCount,
    state: RunState.SUCCEEDED,
  });
  const totals = { classCount, sampleCount, lossSum: sampleCount, confusionMatrix };
  const { macro, micro, weighted, ...found } = report(totals);
  await manager.insert(EvaluationResult, {
    ...run,
    ...totals,
    runId,
    checkpointDigest: digest,
    dataDigest: digest,
    preprocessing: PREPROCESSING,
    backend: 'none',
    backendVersion: '0',
    loss: found.loss,
    accuracy: found.accuracy,
    balancedAccuracy: found.balancedAccuracy,
    macroPrecision: macro.precision,
    macroRecall: macro.recall,
    macroF1: macro.f1,
    microF1: micro.f1,
    weightedPrecision: weighted.precision,
    weightedRecall: weighted.recall,
    weightedF1: weighted.f1,
    loadMs: 0,
    inferenceMs: 0,
    totalMs: 0,
  });
  return runId;
}
