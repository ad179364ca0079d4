/** A server without gen_random_uuid() gets one; no other is touched. */
import { provideRandomUuid } from '../../../src/database/random-uuid';
import { openTestDatabase } from '../../support/open-test-database';

it('makes random UUIDs of version 4 where the server makes none, once', async () => {
  const database = await openTestDatabase({ migrated: false });
  const runner = database.dataSource.createQueryRunner();
  try {
    // Only on this connection: a name that leads into pg_catalog last finds ours first.
    await runner.query('SET search_path TO public, pg_catalog');
    const made: string[] = [];
    const saying = {
      query: (sql: string) => {
        if (sql.includes('CREATE FUNCTION')) made.push(sql);
        else return Promise.resolve([{ missing: made.length === 0 }]);
        return runner.query(sql);
      },
    };
    await provideRandomUuid(saying);
    await provideRandomUuid(saying);
    expect(made).toHaveLength(1);
    const rows = (await runner.query(
      'SELECT gen_random_uuid()::text AS id FROM generate_series(1, 1000)',
    )) as { id: string }[];
    expect(new Set(rows.map(({ id }) => id)).size).toBe(1000);
    for (const { id } of rows) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  } finally {
    await runner.release();
    await database.end();
  }
});

it('leaves a server that has one alone', async () => {
  const database = await openTestDatabase();
  try {
    await provideRandomUuid(database.dataSource);
    const found = await database.dataSource.query<{ version: number; own: boolean }[]>(
      `SELECT current_setting('server_version_num')::int / 10000 AS version,
              EXISTS (SELECT 1 FROM pg_proc WHERE proname = 'gen_random_uuid'
                         AND pronamespace = current_schema()::regnamespace) AS own`,
    );
    expect(found).toEqual([{ version: found[0]?.version, own: (found[0]?.version ?? 0) < 13 }]);
  } finally {
    await database.end();
  }
});
