/** Counts the SQL statements that something costs. */
import type { DataSource, Logger } from 'typeorm';

const ATTEMPTS = 3;
/** A worker's beat, as often as every second; a slow query meets one each time. */
const BEAT = /heartbeat_at = now\(\)/;

/**
 * The service works in the background too (the sweep), so of several attempts the one with the fewest
 * statements counts.
 */
export async function statementsOf(
  dataSource: DataSource,
  action: () => Promise<unknown>,
): Promise<string[]> {
  let fewest: string[] | undefined;
  for (let i = 0; i < ATTEMPTS; i++) {
    const found = await recorded(dataSource, action);
    if (fewest === undefined || found.length < fewest.length) fewest = found;
  }
  return fewest ?? [];
}

async function recorded(dataSource: DataSource, action: () => Promise<unknown>): Promise<string[]> {
  const { logger } = dataSource;
  const statements: string[] = [];
  const recording = Object.create(logger) as Logger;
  recording.logQuery = (query) => {
    if (!BEAT.test(query)) statements.push(query);
  };
  dataSource.logger = recording;
  try {
    await action();
  } finally {
    dataSource.logger = logger;
  }
  return statements;
}
