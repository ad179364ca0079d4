/** All predictions of a result as CSV, read block by block: a run of any size takes the memory of one block. */
import type { EntityManager } from 'typeorm';
import { predictionsMissing } from '../analysis/prediction-blocks';
import { loadLabels } from '../analysis/result-labels';
import type { OutputKind } from '../checkpoints/preprocessing';
import type { DatasetService } from '../datasets/dataset.service';
import type { EvaluationResult } from '../evaluations/evaluation-result.entity';
import { probabilityColumn, scoreSamples } from '../metrics/sample-scores';
import { csvLine, textCell } from './csv';
import { classNameOf } from './exported-result';

/** Rows that are made at a time; their probabilities are held as float64. */
const ROWS = 256;

type Labels = Uint16Array;

interface BlockRow {
  shard: number;
  kind: OutputKind;
  first_sample: string;
  sample_count: number;
  logits: Buffer;
}

/**
 * A header and one line a sample, in the order of the split: `index`, `true` and `predicted` (class indices),
 * `true_name` and `predicted_name`, and one column of probabilities a class, `p0 <name>` and so on, in float64.
 *
 * @throws UserError RESULT_DATA_CHANGED; OperationalError RESULT_DATA_UNAVAILABLE,
 *   RESULT_PREDICTIONS_MISSING
 */
export async function* predictionsCsv(
  manager: EntityManager,
  datasets: DatasetService,
  result: EvaluationResult,
  classNames: readonly string[],
): AsyncGenerator<string, void, undefined> {
  const [labels] = await loadLabels(manager, datasets, [result]);
  if (labels === undefined || labels instanceof Error) throw labels ?? predictionsMissing(result);
  await checkComplete(manager, result);
  const names = Array.from({ length: result.classCount }, (_, k) => classNameOf(classNames, k));
  yield csvLine([
    ...['index', 'true', 'predicted', 'true_name', 'predicted_name'],
    ...names.map((name, k) => textCell(`p${k} ${name}`)),
  ]);
  let at = 0;
  for await (const block of blocksOf(manager, result.runId)) {
    if (Number(block.first_sample) !== at) throw predictionsMissing(result);
    yield* blockLines(block, labels, names, at);
    at += block.sample_count;
  }
}

/** Before the first line is out: what goes to a pipe can't be taken back. */
async function checkComplete(manager: EntityManager, result: EvaluationResult): Promise<void> {
  const [row] = await manager.query<{ samples: string | null; bytes: string | null }[]>(
    `SELECT sum(sample_count) AS samples, sum(octet_length(logits)) AS bytes
       FROM prediction_block WHERE run_id = $1`,
    [result.runId],
  );
  const { sampleCount, classCount } = result;
  const bytes = sampleCount * classCount * Float32Array.BYTES_PER_ELEMENT;
  if (Number(row?.samples) !== sampleCount || Number(row?.bytes) !== bytes) {
    throw predictionsMissing(result);
  }
}

async function* blocksOf(
  manager: EntityManager,
  runId: string,
): AsyncGenerator<BlockRow, void, undefined> {
  let after = -1;
  for (;;) {
    const [block] = await manager.query<BlockRow[]>(
      `SELECT shard, kind, first_sample, sample_count, logits FROM prediction_block
        WHERE run_id = $1 AND shard > $2 ORDER BY shard LIMIT 1`,
      [runId, after],
    );
    if (!block) return;
    yield block;
    after = block.shard;
  }
}

function* blockLines(
  { kind, logits, sample_count: sampleCount }: BlockRow,
  labels: Labels,
  names: readonly string[],
  firstSample: number,
): Generator<string, void, undefined> {
  const classCount = names.length;
  const all = float32Of(logits);
  const cells = names.map(textCell);
  const columns = names.map(() => new Float64Array(ROWS));
  for (let start = 0; start < sampleCount; start += ROWS) {
    const end = Math.min(start + ROWS, sampleCount);
    const predictions = {
      outputs: all.subarray(start * classCount, end * classCount),
      labels: labels.subarray(firstSample + start, firstSample + end),
      classCount,
      kind,
    };
    const scores = scoreSamples(predictions);
    const rows = end - start;
    columns.forEach((column, k) => {
      probabilityColumn(predictions, scores, k, column.subarray(0, rows));
    });
    let text = '';
    for (let i = 0; i < rows; i++) {
      const [label = 0, predicted = 0] = [scores.labels[i], scores.predicted[i]];
      text += csvLine([
        ...[firstSample + start + i, label, predicted],
        ...[cells[label] ?? '', cells[predicted] ?? ''],
        ...columns.map((column) => column[i] ?? Number.NaN),
      ]);
    }
    yield text;
  }
}

/** A copy, since a Buffer may begin anywhere in its memory; all platforms of Node are little-endian. */
function float32Of(bytes: Buffer): Float32Array {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return new Float32Array(copy.buffer);
}
