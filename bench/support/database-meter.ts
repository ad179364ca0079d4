/** What goes on in a database between two looks at its own statistics. */
import type { DataSource } from 'typeorm';
import { serverCpuMs } from './measured-postgres';

export interface DatabaseWork {
  seconds: number;
  statements: number;
  transactions: number;
  /** Within the server, by its clock: waiting for locks and disk too. */
  statementMs: number;
  serverCpuMs: number;
  /** Of this process: the simulated workers, and what measures. */
  clientCpuMs: number;
  walBytes: number;
  walSyncs: number;
}

export interface StatementWork {
  query: string;
  calls: number;
  ms: number;
  walBytes: number;
}

export class DatabaseMeter {
  /** @param postmaster the server's first process */
  constructor(
    private readonly dataSource: DataSource,
    private readonly postmaster: number,
  ) {}

  async open(): Promise<void> {
    await this.dataSource.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
  }

  /** @returns what was done while the work lasted */
  async during(work: () => Promise<unknown>): Promise<DatabaseWork> {
    await this.dataSource.query('SELECT pg_stat_statements_reset()');
    const before = await this.look();
    await work();
    const after = await this.look();
    const difference = Object.entries(after).map(([name, value]) => [
      name,
      value - before[name as keyof DatabaseWork],
    ]);
    return Object.fromEntries(difference) as DatabaseWork;
  }

  /** Those of the last `during`, the dearest first. */
  async statements(): Promise<StatementWork[]> {
    return this.dataSource.query<StatementWork[]>(
      `SELECT query, sum(calls)::float8 AS calls, sum(total_exec_time) AS ms, sum(wal_bytes)::float8 AS "walBytes"
         FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
        WHERE d.datname = current_database() AND query !~ 'pg_stat|pg_settings'
        GROUP BY query ORDER BY 3 DESC`,
    );
  }

  /** @returns how many there are at present, but for that of this meter */
  async connections(): Promise<number> {
    const [row] = await this.dataSource.query<{ count: number }[]>(
      `SELECT count(*)::integer AS count FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    return row?.count ?? 0;
  }

  private async look(): Promise<DatabaseWork> {
    const [row] = await this.dataSource.query<
      { calls: number; ms: number; commits: number; wal: number; syncs: number }[]
    >(
      `SELECT (SELECT sum(calls) FROM pg_stat_statements)::float8 AS calls,
              (SELECT sum(total_exec_time) FROM pg_stat_statements)::float8 AS ms,
              (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database())::float8 AS commits,
              pg_current_wal_insert_lsn() - '0/0'::pg_lsn AS wal,
              (SELECT sum(fsyncs) FROM pg_stat_io WHERE object = 'wal')::float8 AS syncs`,
    );
    const { user, system } = process.cpuUsage();
    return {
      seconds: performance.now() / 1000,
      statements: row?.calls ?? 0,
      transactions: row?.commits ?? 0,
      statementMs: row?.ms ?? 0,
      serverCpuMs: await serverCpuMs(this.postmaster),
      clientCpuMs: (user + system) / 1000,
      walBytes: Number(row?.wal),
      walSyncs: row?.syncs ?? 0,
    };
  }
}
