/** Filters of results and runs for a filled history, each kind that callers have, alone and together. */
import { createHash } from 'node:crypto';
import { RunState } from '../../src/evaluations/evaluation-run.entity';
import type { ResultConditions } from '../../src/evaluations/history/result-source';
import type { EvaluationRunFilter } from '../../src/evaluations/history/run-list';
import { HISTORY_BEGIN, HISTORY_DAYS } from './fill-history';

/** As md5(…)::uuid in SQL. */
export function filledId(kind: 'checkpoint' | 'dataset' | 'run', index: number): string {
  const digits = createHash('md5').update(`${kind} ${index}`).digest('hex');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

export function dayOf(share: number): Date {
  return new Date(Date.parse(HISTORY_BEGIN) + share * HISTORY_DAYS * 86_400_000);
}

/** @param checkpoints how many there are; the first one is evaluated the oftenest */
export function historyFilters(checkpoints: number): Record<string, ResultConditions> {
  const large = { datasetId: filledId('dataset', 0), split: 'test' };
  const oft = filledId('checkpoint', 0);
  const usual = filledId('checkpoint', Math.floor(checkpoints / 2));
  return {
    none: {},
    'dataset, split': large,
    'small dataset, hard split': { datasetId: filledId('dataset', 5), split: 'test~noise-5-s42' },
    dataset: { datasetId: filledId('dataset', 5) },
    split: { split: 'test~noise-5-s42' },
    checkpoint: { checkpointIds: [usual] },
    'checkpoint evaluated oft': { checkpointIds: [oft] },
    'alias, dataset, split': { checkpointIds: [oft], ...large },
    'digest of two': { checkpointIds: [usual, filledId('checkpoint', 7)] },
    'usual engine': { engine: 'onnx' },
    'rare engine': { engine: 'tfjs' },
    'dataset, split, rare engine': { ...large, engine: 'tfjs' },
    'last week': { createdAfter: dayOf(0.99) },
    'first tenth of the time': { createdBefore: dayOf(0.1) },
    'last tenth, dataset, split': { ...large, createdAfter: dayOf(0.9) },
    'accuracy of 0.9 and more': { metrics: [{ metric: 'accuracy', min: 0.9 }] },
    'macro-F1 up to 0.5': { metrics: [{ metric: 'macroF1', max: 0.5 }] },
    'macro-F1 of 0.9 and more, dataset, split': {
      ...large,
      metrics: [{ metric: 'macroF1', min: 0.9 }],
    },
    'few by loss': { metrics: [{ metric: 'loss', min: 0.5, max: 0.501 }] },
  };
}

export function runFilters(): Record<string, EvaluationRunFilter> {
  const hard = { datasetId: filledId('dataset', 5), split: 'test~noise-5-s42' };
  return {
    none: {},
    'some states': { states: [RunState.FAILED, RunState.RUNNING] },
    'the usual state': { states: [RunState.SUCCEEDED] },
    'a checkpoint': { checkpointId: filledId('checkpoint', 9) },
    'a checkpoint on a split': { checkpointId: filledId('checkpoint', 9), ...hard },
    'a dataset': { datasetId: hard.datasetId },
    'a dataset and split': hard,
    'a split': { split: hard.split },
    'a split, a rare state': { split: hard.split, states: [RunState.FAILED] },
    'a dataset and split, a rare state': { ...hard, states: [RunState.FAILED] },
    'a dataset, a rare state': { datasetId: hard.datasetId, states: [RunState.FAILED] },
  };
}
