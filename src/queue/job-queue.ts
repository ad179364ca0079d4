/** The port of the queue: durable jobs that are stored in the caller's own transaction. */

/** Runs statements, alone or within somebody's transaction. */
export interface Sql {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

export interface NewJob<T extends object> {
  id: string;
  data: T;
}

/** A job in a worker's hands. */
export interface Job<T extends object> extends NewJob<T> {
  queue: string;
  /** Which of the job's tries this is, from 0: what settles it must name the try it was given. */
  retryCount: number;
}

export interface JobQueue<T extends object> {
  /** Brings the queue's own tables up to date. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** @param inFront before all jobs that were not inserted so; else oldest first */
  insert(queue: string, jobs: NewJob<T>[], sql: Sql, inFront?: boolean): Promise<void>;
  /** Gives the next job to this caller alone, until it is settled or `touch` is not heard any more. */
  fetch(queue: string): Promise<Job<T> | undefined>;
  /** Says that the jobs are still in work. */
  touch(jobs: readonly Job<T>[]): Promise<void>;
  complete(job: Job<T>, sql: Sql): Promise<void>;
  /** Puts the job back, to be fetched again after a while that grows with each try. */
  retryLater(job: Job<T>, reason: string, sql: Sql): Promise<void>;
  /** Takes jobs out, whoever holds them. */
  remove(queue: string, ids: readonly string[], sql: Sql): Promise<void>;
  /**
   * SQL for: the job waits, or its holder was heard of lately.
   *
   * @param queue an expression for the queue's name
   * @param id an expression for the job's id
   */
  isLive(queue: string, id: string): string;
}
