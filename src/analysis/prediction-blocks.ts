/** Reads the stored raw outputs of results, many at a time, into shared memory. */
import type { EntityManager } from 'typeorm';
import type { OutputKind } from '../checkpoints/preprocessing';
import { OperationalError } from '../errors';
import type { EvaluationResult } from '../evaluations/evaluation-result.entity';
import type { LabelledOutputs } from './result-predictions';

export type Outputs = Pick<LabelledOutputs, 'outputs' | 'kind'>;

/** Of one statement; a result that is larger has one of its own. */
const STATEMENT_BYTES = 64 * 1024 * 1024;

/** Parameter: ids of runs. */
export const BLOCKS_SQL =
  'SELECT run_id, kind, logits FROM prediction_block WHERE run_id = ANY($1) ORDER BY run_id, shard';

interface BlockRow {
  run_id: string;
  kind: OutputKind;
  logits: Buffer;
}

/** @returns in the order of the results; in the place of one that lacks some, RESULT_PREDICTIONS_MISSING */
export async function readOutputs(
  manager: EntityManager,
  results: readonly EvaluationResult[],
): Promise<(Outputs | Error)[]> {
  const found = new Map<string, Outputs | Error>();
  for (const group of groupsOf(results)) {
    const rows = await manager.query<BlockRow[]>(BLOCKS_SQL, [group.map(({ runId }) => runId)]);
    for (const result of group) {
      const blocks = rows.filter((row) => row.run_id === result.runId);
      found.set(result.runId, joined(result, blocks));
    }
  }
  return results.map(({ runId }) => found.get(runId) ?? new Error(`run ${runId} was not read`));
}

function groupsOf(results: readonly EvaluationResult[]): EvaluationResult[][] {
  const groups: EvaluationResult[][] = [];
  let room = 0;
  for (const result of results) {
    room -= bytesOf(result);
    if (groups.length === 0 || room < 0) {
      groups.push([]);
      room = STATEMENT_BYTES - bytesOf(result);
    }
    groups.at(-1)?.push(result);
  }
  return groups;
}

function joined(result: EvaluationResult, blocks: readonly BlockRow[]): Outputs | Error {
  const bytes = blocks.reduce((sum, { logits }) => sum + logits.length, 0);
  const [first] = blocks;
  if (first === undefined || bytes !== bytesOf(result)) return predictionsMissing(result);
  // Every platform that runs Node is little-endian, as the column is.
  const memory = new SharedArrayBuffer(bytes);
  const target = new Uint8Array(memory);
  let at = 0;
  for (const { logits } of blocks) {
    target.set(logits, at);
    at += logits.length;
  }
  return { outputs: new Float32Array(memory), kind: first.kind };
}

/** Of its outputs. */
export function bytesOf({ sampleCount, classCount }: EvaluationResult): number {
  return sampleCount * classCount * Float32Array.BYTES_PER_ELEMENT;
}

/** For a result whose blocks are not all there. */
export function predictionsMissing(result: EvaluationResult): OperationalError {
  return new OperationalError(
    'RESULT_PREDICTIONS_MISSING',
    `the predictions of result ${result.runId} are not stored in full: evaluate its checkpoint again`,
  );
}
