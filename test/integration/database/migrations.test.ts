/** The schema goes up, down and up again, agrees with the entities, and is what is committed. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { MIGRATIONS } from '../../../migrations';
import { driftOf } from '../../../src/cli/scratch-database';
import { projectRoot } from '../../../src/config/project-root';
import { describeSchema } from '../../../src/database/describe-schema';
import { migrate, revertLast } from '../../../src/database/migrate';
import {
  connectTo,
  openTestDatabase,
  type OpenTestDatabase,
} from '../../support/open-test-database';

const NAMES = MIGRATIONS.map((migration) => migration.name);

let database: OpenTestDatabase;

beforeEach(async () => {
  database = await openTestDatabase({ migrated: false });
});

afterEach(() => database.end());

async function revertAll() {
  const reverted: string[] = [];
  for (;;) {
    const names = await revertLast(database.dataSource);
    if (names.length === 0) return reverted;
    reverted.push(...names);
  }
}

describe('migrations', () => {
  it('run once, in their order', async () => {
    expect(await migrate(database.dataSource)).toEqual(NAMES);
    expect(await migrate(database.dataSource)).toEqual([]);
  });

  it('go down one by one to an empty database, and up to the same schema again', async () => {
    await migrate(database.dataSource);
    const schema = await describeSchema(database.dataSource);
    expect(await revertAll()).toEqual([...NAMES].reverse());
    const empty = await describeSchema(database.dataSource);
    expect(empty.match(/CREATE .*/g)).toEqual(['CREATE TABLE migration (']);
    expect(await migrate(database.dataSource)).toEqual(NAMES);
    expect(await describeSchema(database.dataSource)).toBe(schema);
  });

  it('leave nothing for the entities to want', async () => {
    await migrate(database.dataSource);
    expect(await driftOf(database.dataSource)).toEqual({ up: [], down: [] });
  });

  it('make the schema that is committed', async () => {
    await migrate(database.dataSource);
    const committed = readFileSync(path.join(projectRoot(), 'schema', 'database.sql'), 'utf8');
    expect(await describeSchema(database.dataSource)).toBe(committed);
  });

  it('can be asked for by several connections at once', async () => {
    const others = await Promise.all([connectTo(database.url), connectTo(database.url)]);
    try {
      const done = await Promise.all([database.dataSource, ...others].map((one) => migrate(one)));
      expect(done.flat()).toEqual(NAMES);
    } finally {
      await Promise.all(others.map((other) => other.destroy()));
    }
  });
});

describe('driftOf', () => {
  it('sees what the migrations lack', async () => {
    await migrate(database.dataSource);
    await database.dataSource.query('ALTER TABLE checkpoint DROP COLUMN architecture');
    await database.dataSource.query('DROP INDEX evaluation_run_state_idx');
    const { up, down } = await driftOf(database.dataSource);
    expect(up).toHaveLength(2);
    expect(up.join()).toMatch(/ADD "architecture" text NOT NULL/);
    expect(up.join()).toMatch(/CREATE INDEX "evaluation_run_state_idx"/);
    expect(down).toHaveLength(2);
  });
});

describe('revertLast', () => {
  it('says that there is nothing to take back on an empty database', async () => {
    expect(await revertLast(database.dataSource)).toEqual([]);
  });
});
