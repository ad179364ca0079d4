/**
 * How long the database takes for a page of a long history: every order under every kind of filter, in both
 * directions, at the beginning, in the midst and at the end.
 *
 *   npm run bench:history -- [--results N] [--keep FOLDER]
 *
 * A folder that is kept is filled once and measured again the next time.
 */
import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { DataSource } from 'typeorm';
import { MIGRATIONS } from '../migrations';
import { tableLines } from '../src/cli/output/table';
import { openDatabase } from '../src/database/data-source';
import { startEmbeddedPostgres } from '../src/database/embedded/embedded-postgres';
import { migrate } from '../src/database/migrate';
import { ENTITIES } from '../src/entities';
import { messageOf } from '../src/errors';
import { fillHistory, settle } from './support/fill-history';
import { measureHistory } from './support/measure-history';
import { LIMIT_MS, type Measured } from './support/timed';
import { madePredictions } from './support/made-predictions';

const CHECKPOINTS = 2_000;

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: { results: { type: 'string', default: '1000000' }, keep: { type: 'string' } },
  });
  const folder = flags.keep ?? (await mkdtemp(path.join(tmpdir(), 'assay-history-')));
  const server = await startEmbeddedPostgres({ dataDir: path.resolve(folder, 'postgres') });
  try {
    const dataSource = await openDatabase({
      target: server.connection,
      entities: ENTITIES,
      migrations: MIGRATIONS,
      poolSize: 4,
    });
    try {
      await migrate(dataSource);
      await fillOnce(dataSource, Number(flags.results));
      print(await measureHistory(dataSource, CHECKPOINTS));
    } finally {
      await dataSource.destroy();
    }
  } finally {
    await server.stop();
    if (flags.keep === undefined) await rm(folder, { recursive: true, force: true });
  }
}

async function fillOnce(dataSource: DataSource, results: number): Promise<void> {
  const [row] = await dataSource.query<{ filled: boolean }[]>(
    'SELECT EXISTS (SELECT 1 FROM evaluation_result) AS filled',
  );
  if (row?.filled) return;
  const startedAt = performance.now();
  const { logits } = madePredictions(10_000, 10, 1);
  const size = { results, checkpoints: CHECKPOINTS, datasets: 10, runsWithPredictions: 1_000 };
  await fillHistory(dataSource, size, Buffer.from(logits.buffer));
  await settle(dataSource);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  process.stdout.write(`filled ${results} results in ${seconds} s\n\n`);
}

/** A line a filter: the medians of its orders, from the quickest to the slowest. */
function print(measured: readonly Measured[]): void {
  const names = [...new Set(measured.map(({ filter }) => filter))];
  const rows = names.map((name) => {
    const own = measured.filter(({ filter }) => filter === name);
    const sorted = [...own].sort((a, b) => a.medianMs - b.medianMs);
    const [least, middle, most] = [0, 0.5, 1].map(
      (at) => sorted[Math.round(at * (own.length - 1))],
    );
    const over = own.filter(({ medianMs, limitMs = LIMIT_MS }) => medianMs > limitMs).length;
    return [
      name,
      ms(least?.medianMs),
      ms(middle?.medianMs),
      ms(most?.medianMs),
      most?.order ?? '',
      ms(Math.max(...own.map(({ maxMs }) => maxMs))),
      `${own.length - over} of ${own.length}`,
    ];
  });
  const columns = [
    { title: 'filter', align: 'left' as const },
    { title: 'least median, ms', align: 'right' as const },
    { title: 'middle', align: 'right' as const },
    { title: 'greatest', align: 'right' as const },
    { title: 'of order', align: 'left' as const },
    { title: 'slowest page', align: 'right' as const },
    { title: 'within the limit', align: 'right' as const },
  ];
  process.stdout.write(`${tableLines(columns, rows).join('\n')}\n`);
}

function ms(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(1);
}

main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});
