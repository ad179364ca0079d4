/** What is stored as plain data for JSON.stringify; numbers keep all their digits, times are ISO 8601 in UTC. */
import type { Checkpoint } from '../checkpoints/checkpoint.entity';
import type { Dataset } from '../datasets/dataset.entity';
import type { EvaluationResult } from '../evaluations/evaluation-result.entity';
import type { EvaluationRun } from '../evaluations/evaluation-run.entity';
import { storedReportJson } from '../evaluations/scores/report-json';
import { storedReport } from '../evaluations/scores/stored-report';
import type { ExportedResult } from './exported-result';

/** One result with the run, the checkpoint and the dataset that it names. */
export function exportJson({ result, run, checkpoint, dataset }: ExportedResult) {
  return {
    result: resultJson(result, dataset.classNames),
    run: runJson(run),
    checkpoint: checkpointJson(checkpoint),
    dataset: datasetJson(dataset),
  };
}

/** The figures stand under `report`, by the names that `assay score` and the reference files use. */
export function resultJson(result: EvaluationResult, classNames: readonly string[]) {
  return {
    id: result.runId,
    runId: result.runId,
    checkpointId: result.checkpointId,
    datasetId: result.datasetId,
    split: result.split,
    checkpointDigest: result.checkpointDigest,
    dataDigest: result.dataDigest,
    preprocessing: result.preprocessing,
    engine: result.engine,
    backend: result.backend,
    backendVersion: result.backendVersion,
    loadMs: result.loadMs,
    inferenceMs: result.inferenceMs,
    totalMs: result.totalMs,
    createdAt: result.createdAt,
    report: storedReportJson(storedReport(result), classNames),
  };
}

export function runJson(run: EvaluationRun) {
  return {
    id: run.id,
    checkpointId: run.checkpointId,
    datasetId: run.datasetId,
    split: run.split,
    engine: run.engine,
    batchSize: run.batchSize,
    state: run.state,
    attempt: run.attempt,
    samplesTotal: run.samplesTotal,
    samplesDone: run.samplesDone,
    failure:
      run.failureCode === null ? null : { code: run.failureCode, message: run.failureMessage },
    createdAt: run.createdAt,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
  };
}

export function checkpointJson(checkpoint: Checkpoint) {
  return {
    id: checkpoint.id,
    name: checkpoint.name,
    digest: checkpoint.digest,
    format: checkpoint.format,
    architecture: checkpoint.architecture,
    inputHeight: checkpoint.inputHeight,
    inputWidth: checkpoint.inputWidth,
    inputChannels: checkpoint.inputChannels,
    classCount: checkpoint.classCount,
    parameterCount: checkpoint.parameterCount,
    sizeBytes: checkpoint.sizeBytes,
    tags: checkpoint.tags,
    notes: checkpoint.notes,
    preprocessing: checkpoint.preprocessing,
    preprocessingDigest: checkpoint.preprocessingDigest,
    metadata: checkpoint.metadata,
    parentId: checkpoint.parentId,
    createdAt: checkpoint.createdAt,
    deletedAt: checkpoint.deletedAt,
  };
}

export function datasetJson(dataset: Dataset) {
  return {
    id: dataset.id,
    name: dataset.name,
    digest: dataset.digest,
    classNames: dataset.classNames,
    imageHeight: dataset.imageHeight,
    imageWidth: dataset.imageWidth,
    imageChannels: dataset.imageChannels,
    splits: dataset.splits,
    createdAt: dataset.createdAt,
  };
}
