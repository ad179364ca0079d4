/** What must hold of all runs whenever nothing is under way any more, whatever was killed before. */
import type { DataSource } from 'typeorm';

export interface KnownAnswer {
  sampleCount: number;
  confusionMatrix: number[][];
}

/** @returns what is wrong, a line each; empty where all holds */
export async function brokenInvariants(
  dataSource: DataSource,
  accepted: readonly string[],
  known: KnownAnswer,
): Promise<string[]> {
  const rows = await dataSource.query<RunRow[]>(
    `SELECT r.id, r.state, r.samples_done::integer AS done, r.failure_code AS code,
            (SELECT count(*) FROM evaluation_result e WHERE e.run_id = r.id)::integer AS results,
            (SELECT count(*) FROM prediction_block b WHERE b.run_id = r.id)::integer AS blocks,
            (SELECT sum(b.sample_count) FROM prediction_block b WHERE b.run_id = r.id)::integer AS samples,
            (SELECT count(*) FROM evaluation_shard s WHERE s.run_id = r.id)::integer AS shards,
            (SELECT count(*) FROM evaluation_shard s WHERE s.run_id = r.id AND s.state = 'SUCCEEDED')::integer AS succeeded,
            (SELECT count(*) FROM evaluation_shard s WHERE s.run_id = r.id AND s.state IN ('QUEUED', 'RUNNING'))::integer AS open,
            (SELECT to_json(e.confusion_matrix) FROM evaluation_result e WHERE e.run_id = r.id) AS counts
       FROM evaluation_run r`,
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const lost = accepted.filter((id) => !byId.has(id)).map((id) => `${id}: accepted, and gone`);
  return [...lost, ...rows.flatMap((row) => problemsOf(row, known))];
}

interface RunRow {
  id: string;
  state: string;
  done: number;
  code: string | null;
  results: number;
  blocks: number;
  samples: number | null;
  shards: number;
  succeeded: number;
  open: number;
  counts: number[][] | null;
}

function problemsOf(row: RunRow, known: KnownAnswer): string[] {
  const problems: string[] = [];
  const expect = (holds: boolean, what: string) => {
    if (!holds) problems.push(`${row.id} (${row.state} ${row.code ?? ''}): ${what}`);
  };
  expect(['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(row.state), 'it has not ended');
  expect(row.open === 0, `${row.open} of its shards are open`);
  expect(row.blocks === row.succeeded, `${row.blocks} blocks of ${row.succeeded} shards`);
  expect(row.done === (row.samples ?? 0), `${row.done} samples done, ${row.samples} stored`);
  if (row.state === 'SUCCEEDED') {
    expect(row.results === 1, `${row.results} results`);
    expect(row.succeeded === row.shards, `${row.succeeded} of ${row.shards} shards succeeded`);
    expect(row.done === known.sampleCount, `${row.done} of ${known.sampleCount} samples`);
    const same = JSON.stringify(row.counts) === JSON.stringify(known.confusionMatrix);
    expect(same, `its counts are ${JSON.stringify(row.counts)}`);
  } else {
    expect(row.results === 0, `${row.results} results`);
  }
  return problems;
}
