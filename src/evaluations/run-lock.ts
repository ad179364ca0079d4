/**
 * Who changes the shards of a run and its state together locks the run's row first, so that nobody waits for
 * one another. The lock leaves inserts of prediction blocks alone, which only refer to the run.
 */
import type { DataSource, EntityManager } from 'typeorm';
import { notifySql } from '../database/notifications';
import type { EngineName } from '../inference/engine';
import { RunState } from './evaluation-run.entity';

/** Who vanishes in the middle of a transaction must not keep its locks for longer. */
const LIMIT_LOCKS = `SET LOCAL idle_in_transaction_session_timeout = '10s'`;

export interface LockedRun {
  id: string;
  state: RunState;
  engine: EngineName;
}

/** A transaction whose locks end soon after its process was cut off: all that lock a run are of this kind. */
export function lockingTransaction<T>(
  dataSource: DataSource,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  return dataSource.transaction(async (manager) => {
    await manager.query(LIMIT_LOCKS);
    return work(manager);
  });
}

export async function lockRun(manager: EntityManager, id: string): Promise<LockedRun | undefined> {
  const [run] = await manager.query<LockedRun[]>(
    'SELECT id, state, engine FROM evaluation_run WHERE id = $1 FOR NO KEY UPDATE',
    [id],
  );
  return run;
}

export function isOpen(run: LockedRun | undefined): run is LockedRun {
  return run?.state === RunState.QUEUED || run?.state === RunState.RUNNING;
}

/** Tells all processes, once the transaction has been committed. */
export async function announceRun(manager: EntityManager, id: string): Promise<void> {
  await manager.query(`SELECT ${notifySql('run', '$1')}`, [id]);
}

/** Told besides: workers must hear of it at once, and of a run's progress never. */
export async function announceClosed(manager: EntityManager, id: string): Promise<void> {
  await manager.query(`SELECT ${notifySql('closed', '$1')}`, [id]);
}

export async function announceJobs(manager: EntityManager, engine: EngineName): Promise<void> {
  await manager.query(`SELECT ${notifySql('job', '$1')}`, [engine]);
}

/** @returns the rows that an UPDATE … RETURNING has changed; the driver puts their number beside them */
export async function changed<T>(
  manager: EntityManager,
  sql: string,
  values: unknown[],
): Promise<T[]> {
  const [rows] = await manager.query<[T[], number]>(sql, values);
  return rows;
}
