/** Aliases over GraphQL: what one means now, what it meant before, and that it never means two things. */
import { randomUUID } from 'node:crypto';
import { storeCheckpoint } from '../../support/stored-rows';
import { startTestService, type TestService } from '../../support/test-service';

interface Entry {
  alias: string;
  assignedAt: string;
  endedAt: string | null;
  checkpoint: { id: string; aliases: string[] };
}

const ENTRY = 'alias assignedAt endedAt checkpoint { id aliases }';
const SET = `mutation ($alias: String!, $checkpointId: ID!) {
  setCheckpointAlias(alias: $alias, checkpointId: $checkpointId) { ${ENTRY} } }`;
const REMOVE = `mutation ($alias: String!) { removeCheckpointAlias(alias: $alias) { ${ENTRY} } }`;
const RESOLVE = 'query ($alias: String!) { checkpointByAlias(alias: $alias) { id aliases } }';
const HISTORY = `query ($alias: String!) {
  checkpointAliasHistory(alias: $alias, first: 100) { ${ENTRY} } }`;
const DELETE = 'mutation ($id: ID!) { deleteCheckpoint(id: $id) { id } }';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});

afterAll(() => service.end());

const newCheckpoint = async () =>
  (await storeCheckpoint(service.app.services.database.dataSource)).id;
const newAlias = () => `alias-${randomUUID().slice(0, 4)}-${Date.now().toString(36)}`;

async function set(alias: string, checkpointId: string): Promise<Entry> {
  return (await service.client.field('setCheckpointAlias', SET, { alias, checkpointId })) as Entry;
}

const meaning = (alias: string) => service.client.field('checkpointByAlias', RESOLVE, { alias });

async function history(alias: string): Promise<Entry[]> {
  return (await service.client.field('checkpointAliasHistory', HISTORY, { alias })) as Entry[];
}

describe('an alias', () => {
  it('means the checkpoint it was set on last, and its history says since when', async () => {
    const alias = newAlias();
    const [one, two] = [await newCheckpoint(), await newCheckpoint()];
    await set(alias, one);
    expect(await meaning(alias)).toEqual({ id: one, aliases: [alias] });
    const moved = await set(alias, two);
    expect(moved).toMatchObject({ alias, endedAt: null, checkpoint: { id: two } });
    expect(await meaning(alias)).toEqual({ id: two, aliases: [alias] });
    const [now, before, ...older] = await history(alias);
    expect(now).toEqual(moved);
    expect(before).toMatchObject({
      endedAt: moved.assignedAt,
      checkpoint: { id: one, aliases: [] },
    });
    expect(older).toEqual([]);
  });

  it('set again where it is leaves no trace', async () => {
    const alias = newAlias();
    const checkpoint = await newCheckpoint();
    const first = await set(alias, checkpoint);
    expect(await set(alias, checkpoint)).toEqual(first);
    expect(await history(alias)).toHaveLength(1);
  });

  it('that is removed means nothing, and can be set again', async () => {
    const alias = newAlias();
    const checkpoint = await newCheckpoint();
    await set(alias, checkpoint);
    const removed = (await service.client.field('removeCheckpointAlias', REMOVE, {
      alias,
    })) as Entry;
    expect(removed.endedAt).not.toBeNull();
    expect(await service.client.codes(RESOLVE, { alias })).toEqual(['ALIAS_NOT_FOUND']);
    expect(await service.client.codes(REMOVE, { alias })).toEqual(['ALIAS_NOT_FOUND']);
    await set(alias, checkpoint);
    expect(await history(alias)).toHaveLength(2);
  });

  it('moved by 20 at once has one meaning, and a history without gap or overlap', async () => {
    const alias = newAlias();
    const checkpoints = await Promise.all(Array.from({ length: 20 }, newCheckpoint));
    await Promise.all(checkpoints.map((id) => set(alias, id)));
    const rows = await service.app.services.database.dataSource.query<
      { checkpoint_id: string; assigned: string; ended: string | null }[]
    >(
      `SELECT checkpoint_id, assigned_at::text AS assigned, ended_at::text AS ended
         FROM checkpoint_alias WHERE alias = $1 ORDER BY assigned_at`,
      [alias],
    );
    expect(new Set(rows.map((row) => row.checkpoint_id))).toEqual(new Set(checkpoints));
    expect(rows).toHaveLength(20);
    expect(rows.map((row) => row.ended)).toEqual([
      ...rows.slice(1).map((row) => row.assigned),
      null,
    ]);
    expect(await meaning(alias)).toMatchObject({ id: rows.at(-1)?.checkpoint_id });
  });

  it('is held to one meaning by the database too', async () => {
    const alias = newAlias();
    await set(alias, await newCheckpoint());
    await expect(
      service.app.services.database.dataSource.query(
        `INSERT INTO checkpoint_alias (id, alias, checkpoint_id, assigned_at) VALUES ($1, $2, $3, now())`,
        [randomUUID(), alias, await newCheckpoint()],
      ),
    ).rejects.toThrow('checkpoint_alias_alias_idx');
  });

  it('keeps its checkpoint from being deleted, also when both are asked for at once', async () => {
    const alias = newAlias();
    const checkpoint = await newCheckpoint();
    await set(alias, checkpoint);
    const { errors } = await service.client.send(DELETE, { id: checkpoint });
    expect(errors[0]).toMatchObject({
      message: expect.stringContaining(alias) as string,
      extensions: { code: 'CHECKPOINT_HAS_ALIASES' },
    });
    for (let round = 0; round < 10; round++) {
      const id = await newCheckpoint();
      const variables = { alias: newAlias(), checkpointId: id };
      const codes = await Promise.all([
        service.client.codes(SET, variables),
        service.client.codes(DELETE, { id }),
      ]);
      expect([['CHECKPOINT_DELETED'], ['CHECKPOINT_HAS_ALIASES']]).toContainEqual(codes.flat());
    }
  });

  it.each([
    '',
    'Champion',
    'two words',
    '-x',
    '.x',
    'a/b',
    "a'b",
    'a\0b',
    'ключ',
    'x'.repeat(65),
    'deadbeef',
    randomUUID(),
  ])('can not be called %j', async (alias) => {
    const variables = { alias, checkpointId: await newCheckpoint() };
    expect(await service.client.codes(SET, variables)).toEqual(['BAD_USER_INPUT']);
  });

  it('can be set only on a checkpoint that is there', async () => {
    const alias = newAlias();
    const unknown = { alias, checkpointId: randomUUID() };
    expect(await service.client.codes(SET, unknown)).toEqual(['CHECKPOINT_NOT_FOUND']);
    expect(await history(alias)).toEqual([]);
  });
});

it('the list of aliases says what each means now, by name', async () => {
  const [b, a] = [await newCheckpoint(), await newCheckpoint()];
  await set('zz-list-b', b);
  await set('zz-list-a', a);
  const query = '{ checkpointAliases(first: 100) { alias checkpoint { id } } }';
  const list = (await service.client.field('checkpointAliases', query)) as Entry[];
  expect(list.filter(({ alias }) => alias.startsWith('zz-list'))).toEqual([
    { alias: 'zz-list-a', checkpoint: { id: a } },
    { alias: 'zz-list-b', checkpoint: { id: b } },
  ]);
});
