/** What `bench:scale` prints of its measurements. */
import type { DataSource } from 'typeorm';
import { tableLines } from '../../src/cli/output/table';
import type { DatabaseWork, StatementWork } from './database-meter';
import type { StoreBandwidth } from './store-bandwidth';

/** Of runs that one worker does and settles. */
export interface ShardCost {
  shards: number;
  runs: number;
  work: DatabaseWork;
}

export interface RatePoint {
  what: string;
  workers: number;
  connections: number;
  shards: number;
  work: DatabaseWork;
  /** The dearest first. */
  statements: StatementWork[];
}

const MOST_STATEMENTS = 12;

export function printShardCost(
  { shards, runs, work }: ShardCost,
  statements: readonly StatementWork[],
): void {
  const each = (value: number) => value / shards;
  print([
    `One worker, ${runs} runs, ${shards} shards of 10,000 samples and 10 classes. A shard takes, with its part of settling: ` +
      `${each(work.statements).toFixed(1)} statements in ${each(work.transactions).toFixed(1)} transactions, ` +
      `${each(work.statementMs).toFixed(1)} ms in the server by its clock, ${each(work.serverCpuMs).toFixed(1)} ms of its processor time, ` +
      `${(each(work.walBytes) / 1000).toFixed(0)} kB of WAL, ${each(work.walSyncs).toFixed(1)} syncs of it.`,
    '',
    ...tableLines(
      [
        { title: 'calls a shard', align: 'right' },
        { title: 'ms a call', align: 'right' },
        { title: 'kB of WAL a call', align: 'right' },
        { title: 'statement', align: 'left' },
      ],
      statements
        .slice(0, MOST_STATEMENTS)
        .map(({ query, calls, ms, walBytes }) => [
          each(calls).toFixed(2),
          (ms / calls).toFixed(2),
          (walBytes / calls / 1000).toFixed(1),
          query.replaceAll(/\s+/g, ' ').slice(0, 90),
        ]),
    ),
    '',
  ]);
}

/** One line of a table whose head is printed with the first: a measurement takes a while. */
export function printRates(
  { what, workers, connections, shards, work, statements }: RatePoint,
  head: boolean,
): void {
  const dearest = statements
    .slice(0, 3)
    .map(({ query, calls, ms }) => {
      const [share, rate] = [(100 * ms) / work.statementMs, calls / work.seconds];
      return `${share.toFixed(0)} % ${rate.toFixed(0)}/s ${query.replaceAll(/\s+/g, ' ').slice(0, 60)}`;
    })
    .join(' | ');
  const a = (value: number) => value / work.seconds;
  const lines = tableLines(
    [
      { title: 'workers                    ', align: 'left' },
      ...[
        ...['   count', 'connections', 'shards/s', 'statements/s', 'transactions/s'],
        ...['syncs/s', 'WAL, kB/s', 'server CPU, ms/s', 'client CPU, ms/s'],
      ].map((title) => ({ title, align: 'right' as const })),
      { title: "dearest statements, by the server's clock", align: 'left' },
    ],
    [
      [
        what,
        String(workers),
        String(connections),
        a(shards).toFixed(1),
        a(work.statements).toFixed(0),
        a(work.transactions).toFixed(0),
        a(work.walSyncs).toFixed(0),
        (a(work.walBytes) / 1000).toFixed(0),
        a(work.serverCpuMs).toFixed(0),
        a(work.clientCpuMs).toFixed(0),
        dearest,
      ],
    ],
  );
  print(head ? lines : lines.slice(1));
}

/** How large the tables of the queue are after all that, and whether vacuum keeps up. */
export async function printQueue(dataSource: DataSource): Promise<void> {
  const rows = await dataSource.query<Record<string, string | number>[]>(
    `SELECT relname, n_live_tup, n_dead_tup, n_tup_upd, n_tup_hot_upd, autovacuum_count,
            pg_total_relation_size(relid) AS bytes
       FROM pg_stat_user_tables WHERE n_tup_ins > 0 ORDER BY bytes DESC LIMIT 7`,
  );
  print([
    '',
    ...tableLines(
      [
        { title: 'table', align: 'left' },
        ...['rows', 'dead', 'updates', 'in place', 'vacuumed', 'MB'].map((title) => ({
          title,
          align: 'right' as const,
        })),
      ],
      rows.map((row) => [
        String(row['relname']),
        ...['n_live_tup', 'n_dead_tup', 'n_tup_upd', 'n_tup_hot_upd', 'autovacuum_count'].map(
          (name) => String(row[name]),
        ),
        (Number(row['bytes']) / 1e6).toFixed(1),
      ]),
    ),
  ]);
}

export function printStore({ megabytesPerSecond, cpuMsPerMegabyte }: StoreBandwidth): void {
  print([
    '',
    `The store gives ${megabytesPerSecond.toFixed(0)} MB/s to 4 callers at once, ` +
      `for ${cpuMsPerMegabyte.toFixed(2)} ms of the service's processor time a megabyte.`,
  ]);
}

export function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
