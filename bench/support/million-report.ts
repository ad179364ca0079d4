/** What `bench:million` prints. */
import type { DataSource } from 'typeorm';
import { tableLines } from '../../src/cli/output/table';
import type { FollowedRun, Turn } from './million-run';
import { type ResidentMemory, slopeOf } from './resident-memory';
import { quantile } from './spread-table';

/** @throws Error where the shards, which are the same images, did not give the same outputs and counts */
export async function printMillion(
  dataSource: DataSource,
  run: FollowedRun,
  memory: ResidentMemory,
): Promise<void> {
  await checkShards(dataSource, run);
  const lines = [
    '',
    ...rateLines(run),
    '',
    ...memoryLines(run, memory),
    '',
    ...(await settlingLines(dataSource, run)),
    '',
    ...(await sizeLines(dataSource)),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function checkShards(dataSource: DataSource, { id, images, shards }: FollowedRun) {
  const [found] = await dataSource.query<Record<string, unknown>[]>(
    `SELECT count(*)::integer AS shards, count(DISTINCT b.logits)::integer AS outputs,
            count(DISTINCT s.confusion_matrix)::integer AS counts,
            (SELECT sum(n) FROM evaluation_result r, unnest(r.confusion_matrix) n WHERE r.run_id = $1)::integer AS images
       FROM prediction_block b JOIN evaluation_shard s USING (run_id, shard) WHERE run_id = $1`,
    [id],
  );
  const expected = JSON.stringify({ shards, outputs: 1, counts: 1, images });
  if (JSON.stringify(found) === expected) return;
  throw new Error(`the shards gave ${JSON.stringify(found)} instead of ${expected}`);
}

/** A line of a table whose head is printed with the first: the run takes a while. */
export function printTurn(turns: readonly Turn[], memory: ResidentMemory): void {
  const i = turns.length - 1;
  const turn = turns[i];
  if (!turn) return;
  const { megabytes } = memory.at(turn.seconds);
  const share = shareOf(turns, i);
  const lines = tableLines(
    ['      s', 'shards', 'worker, images/s', '  bare', '  share', 'worker, MB', 'API, MB'].map(
      (title) => ({ title, align: 'right' as const }),
    ),
    [
      [
        turn.seconds.toFixed(1),
        String(turn.shardsDone),
        share === undefined ? '(loads)' : rate(turn.images, turn.workerMs),
        rate(turn.bareImages, turn.bareMs),
        share === undefined ? '' : percent(share),
        (megabytes['worker'] ?? Number.NaN).toFixed(0),
        (megabytes['api'] ?? Number.NaN).toFixed(0),
      ],
    ],
  );
  process.stdout.write(`${(i === 0 ? lines : lines.slice(1)).join('\n')}\n`);
}

/** The worker's rate by that of the bare turns before and behind it; undefined for the first, which loads. */
function shareOf(turns: readonly Turn[], i: number): number | undefined {
  const [before, turn] = [turns[i - 1], turns[i]];
  if (!before || !turn) return undefined;
  const bareMs = (before.bareMs + turn.bareMs) / (before.bareImages + turn.bareImages);
  return bareMs / (turn.workerMs / turn.images);
}

function rateLines({ turns, images, requestedAt, lastShardAt, endedAt }: FollowedRun): string[] {
  const worked = turns.slice(1);
  const [workerMs, workerImages] = [sum(worked, 'workerMs'), sum(worked, 'images')];
  const [bareMs, bareImages] = [sum(turns, 'bareMs'), sum(turns, 'bareImages')];
  const shares = worked.map((_, i) => shareOf(turns, i + 1) ?? Number.NaN);
  const suspendedMs = sum(turns.slice(0, -1), 'bareMs');
  const seconds = lastShardAt - requestedAt - suspendedMs / 1000;
  return [
    `${images} images. Worker: ${rate(workerImages, workerMs)} images/s behind the first shard, ` +
      `${(images / seconds).toFixed(0)} with the loading of model and data.`,
    `onnxruntime-node alone, ${bareImages} images in turns: ${rate(bareImages, bareMs)} images/s.`,
    `The worker's share of it: ${percent(workerImages / workerMs / (bareImages / bareMs))}; ` +
      `by turns ${percent(quantile(shares, 0))} to ${percent(quantile(shares, 1))}, median ${percent(quantile(shares, 0.5))}.`,
    `In processor time, which other work on the machine does not change as much: ` +
      percent(sum(turns, 'bareCpuMs') / bareImages / (sum(worked, 'workerCpuMs') / workerImages)) +
      ` (${(sum(turns, 'bareCpuMs') / (bareImages / 10_000)).toFixed(0)} ms for 10,000 images alone, ` +
      `${(sum(worked, 'workerCpuMs') / (workerImages / 10_000)).toFixed(0)} ms in the worker's process).`,
    `From the last shard to the result: ${(endedAt - lastShardAt).toFixed(1)} s.`,
  ];
}

function memoryLines(run: FollowedRun, memory: ResidentMemory): string[] {
  const { turns, lastShardAt, endedAt, quietAt } = run;
  const from = turns[0]?.seconds ?? 0;
  const middle = (from + lastShardAt) / 2;
  const phases: [string, number, number][] = [
    ['first half, from the second shard on', from, middle],
    ['second half', middle, lastShardAt],
    ['settling', lastShardAt, endedAt],
    ['the last second of half a minute at rest', quietAt - 1, quietAt],
  ];
  const rows = ['worker', 'api'].flatMap((name) =>
    phases.map(([what, begin, end]) => {
      const points = memory.between(name, begin, end);
      const sizes = points.map(({ megabytes }) => megabytes);
      return [
        `${name}: ${what}`,
        ...[0, 0.5, 1].map((share) => quantile(sizes, share).toFixed(0)),
        end <= lastShardAt ? slopeOf(points).toFixed(1) : '',
      ];
    }),
  );
  return tableLines(
    [
      { title: 'resident memory, MB', align: 'left' },
      ...['min', 'median', 'max', 'MB a minute'].map((title) => ({
        title,
        align: 'right' as const,
      })),
    ],
    rows,
  );
}

async function settlingLines(
  dataSource: DataSource,
  { id, turns }: FollowedRun,
): Promise<string[]> {
  const [row] = await dataSource.query<
    { ms: number; engineMs: number; resamples: string; bytes: string }[]
  >(
    `SELECT extract(epoch FROM r.finished_at - (SELECT max(finished_at) FROM evaluation_shard WHERE run_id = r.id))
              * 1000 AS ms,
            (SELECT sum(inference_ms) FROM evaluation_shard WHERE run_id = r.id AND shard > 0) AS "engineMs",
            e.intervals #>> '{bootstrap,resamples}' AS resamples, pg_column_size(e) AS bytes
       FROM evaluation_run r JOIN evaluation_result e ON e.run_id = r.id WHERE r.id = $1`,
    [id],
  );
  // Its clock goes on while its process is suspended.
  const engineMs = (row?.engineMs ?? Number.NaN) - sum(turns.slice(0, -1), 'bareMs');
  const busy = engineMs / sum(turns.slice(1), 'workerMs');
  return [
    `The engine was at work ${percent(busy)} of the worker's time.`,
    `Settling by the database's clock: ${Number(row?.ms).toFixed(0)} ms, with ${row?.resamples} resamples; ` +
      `the result's row has ${row?.bytes} bytes.`,
  ];
}

async function sizeLines(dataSource: DataSource): Promise<string[]> {
  const rows = await dataSource.query<{ name: string; bytes: string; rows: string }[]>(
    `SELECT c.relname AS name, pg_total_relation_size(c.oid) AS bytes
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND n.nspname IN ('public', 'pgboss')
      ORDER BY 2 DESC LIMIT 6`,
  );
  return tableLines(
    [
      { title: 'table, with its indexes', align: 'left' },
      { title: 'MB', align: 'right' },
    ],
    rows.map(({ name, bytes }) => [name, (Number(bytes) / 1e6).toFixed(2)]),
  );
}

function rate(images: number, ms: number): string {
  return ((1000 * images) / ms).toFixed(0);
}

function percent(share: number | undefined): string {
  return `${(100 * (share ?? Number.NaN)).toFixed(1)} %`;
}

function sum(turns: readonly Turn[], what: Exclude<keyof Turn, 'seconds' | 'shardsDone'>): number {
  return turns.reduce((total, turn) => total + turn[what], 0);
}
