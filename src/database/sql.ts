/** Plain statements on TypeORM's connections, for libraries that bring SQL of their own. */
import type { DataSource, EntityManager } from 'typeorm';
import type { Pool } from 'pg';

/**
 * An expression with which a transaction does not wait for the disk: a server that crashes within the second may lose
 * it, and nothing else. For what is written again soon.
 */
export const RELAX_COMMIT = `set_config('synchronous_commit', 'off', true)`;

export interface SqlRunner {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

interface Answer {
  rows?: unknown[];
}

/** @returns a runner on any free connection of the pool: each call stands alone */
export function sqlOfPool(dataSource: DataSource): SqlRunner {
  const pool = poolOf(dataSource);
  return {
    executeSql: async (text, values) => {
      // Several statements in one text have as many answers, which the driver's types do not know.
      const answer = (await pool.query<object>(text, values)) as Answer | Answer[];
      const rows = Array.isArray(answer) ? answer.flatMap((one) => one.rows ?? []) : answer.rows;
      return { rows: rows ?? [] };
    },
  };
}

/** @returns a runner within the manager's transaction */
export function sqlOf(manager: EntityManager): SqlRunner {
  const runner = manager.queryRunner;
  if (!runner) throw new TypeError('the manager is in no transaction');
  return {
    executeSql: async (text, values) => {
      const { records } = await runner.query(text, values, true);
      return { rows: records };
    },
  };
}

/** The driver's own pool, which TypeORM does not name in its types. */
export function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as { master: Pool }).master;
}
