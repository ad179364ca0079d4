/** What a server is beside PostgreSQL: Greenplum and Citus speak its protocol, and keep rows on many machines. */
import { UserError } from '../errors';

export type ServerKind = 'postgresql' | 'greenplum' | 'citus';

export interface ServerFacts {
  /** As version() says it. */
  version: string;
  /** Whether the database has the extension. */
  citus: boolean;
}

interface Queries {
  query(sql: string): Promise<unknown>;
}

export async function serverKindOf(connection: Queries): Promise<ServerKind> {
  const [facts] = (await connection.query(
    `SELECT version() AS version,
            EXISTS (SELECT 1 FROM pg_catalog.pg_extension WHERE extname = 'citus') AS citus`,
  )) as [ServerFacts];
  return kindOf(facts);
}

/** Greenplum puts its name into version(), in parentheses behind that of the PostgreSQL it grew from. */
export function kindOf({ version, citus }: ServerFacts): ServerKind {
  if (/\(Greenplum Database\b/.test(version)) return 'greenplum';
  return citus ? 'citus' : 'postgresql';
}

/**
 * Jobs are taken by SELECT … FOR UPDATE SKIP LOCKED, for which Greenplum may lock whole tables: there is no queue on it.
 *
 * @throws UserError DATABASE_WITHOUT_QUEUE
 */
export async function refuseWithoutQueue(connection: Queries): Promise<void> {
  if ((await serverKindOf(connection)) !== 'greenplum') return;
  throw new UserError(
    'DATABASE_WITHOUT_QUEUE',
    'the database is Greenplum, which keeps results and no queue: evaluate on a PostgreSQL, and copy what is found there ' +
      'with "assay results export --to"',
  );
}
