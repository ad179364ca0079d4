/** PostgreSQL 12 and Greenplum 7 lack gen_random_uuid(), which the queue's tables and a migration ask for. */

interface Queries {
  query(sql: string): Promise<unknown>;
}

/**
 * Made in the schema of our tables where nobody else brings one along, as pgcrypto does. Its ids are unique and no
 * secrets: random() can be foreseen.
 */
export async function provideRandomUuid(connection: Queries): Promise<void> {
  const [row] = (await connection.query(
    `SELECT to_regprocedure('gen_random_uuid()') IS NULL AS missing`,
  )) as [{ missing: boolean }];
  if (!row.missing) return;
  await connection.query(`
    CREATE FUNCTION gen_random_uuid() RETURNS uuid LANGUAGE sql VOLATILE AS $$
      SELECT overlay(overlay(
        md5(random()::text || random()::text || clock_timestamp()::text || pg_backend_pid()::text)
        PLACING '4' FROM 13) PLACING to_hex(8 + floor(random() * 4)::int) FROM 17)::uuid
    $$`);
}
