import { Client } from 'pg';
import { createTestDatabase } from '../../support/postgres';

async function tableNames(url: string): Promise<string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  await client.end();
  return rows.map((row) => row.name);
}

describe('databases for tests', () => {
  test('are empty, apart from each other, and gone after drop, whoever is still connected', async () => {
    const [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    const client = new Client({ connectionString: first.url });
    const ended = new Promise((resolve) => client.on('error', resolve));
    await client.connect();
    await client.query('CREATE TABLE only_here (id int)');
    expect(await tableNames(first.url)).toEqual(['only_here']);
    expect(await tableNames(second.url)).toEqual([]);

    await first.drop();
    expect(await ended).toMatchObject({ code: '57P01' });
    await expect(tableNames(first.url)).rejects.toThrow(/does not exist/);
    await second.drop();
  });

  test('can be cloned from a template', async () => {
    const template = await createTestDatabase();
    const client = new Client({ connectionString: template.url });
    await client.connect();
    await client.query('CREATE TABLE prepared (id int)');
    await client.end();

    const clone = await createTestDatabase({ template: new URL(template.url).pathname.slice(1) });
    expect(await tableNames(clone.url)).toEqual(['prepared']);
    await clone.drop();
    await template.drop();
  });
});
