/** What checkpoints were made from, over GraphQL: said, taken back, never in a circle, and read in few statements. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { writeLayersModel } from '../../support/layers-models';
import { statementsOf } from '../../support/statements-of';
import { storeCheckpoint } from '../../support/stored-rows';
import { startTestService, type TestService } from '../../support/test-service';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});

afterAll(() => service.end());

const dataSource = () => service.app.services.database.dataSource;
const UPDATE = `mutation ($input: UpdateCheckpointInput!) {
  updateCheckpoint(input: $input) { id name parent { id } } }`;
const RELATIVES = `query ($id: ID!, $first: Int! = 20) { checkpoint(id: $id) {
  parent { id deletedAt } ancestors(first: $first) { id } children(first: $first) { id } } }`;

interface Relatives {
  parent: { id: string; deletedAt: string | null } | null;
  ancestors: { id: string }[];
  children: { id: string }[];
}

const idsOf = (list: { id: string }[]) => list.map(({ id }) => id);

async function relatives(id: string, first?: number): Promise<Relatives> {
  return (await service.client.field('checkpoint', RELATIVES, { id, first })) as Relatives;
}

function update(input: Record<string, unknown>) {
  return service.client.send(UPDATE, { input });
}

/** Each made from the one before it. */
async function storeLine(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    const { id } = await storeCheckpoint(dataSource());
    await update({ id, parentId: ids.at(-1) ?? null });
    ids.push(id);
  }
  return ids;
}

const idAt = (ids: readonly string[], index: number) => ids.at(index) ?? '';

it('a line is read upwards from the parent, and children newest first, no more than are asked for', async () => {
  const ids = await storeLine(4);
  const [top, second] = ids;
  const sibling = (await storeCheckpoint(dataSource())).id;
  await update({ id: sibling, parentId: top });
  expect(await relatives(idAt(ids, 3))).toEqual({
    parent: { id: ids[2], deletedAt: null },
    ancestors: [{ id: ids[2] }, { id: second }, { id: top }],
    children: [],
  });
  expect(idsOf((await relatives(idAt(ids, 3), 2)).ancestors)).toEqual([ids[2], second]);
  expect(await relatives(idAt(ids, 0))).toEqual({
    parent: null,
    ancestors: [],
    children: [{ id: sibling }, { id: second }],
  });
  expect(idsOf((await relatives(idAt(ids, 0), 1)).children)).toEqual([sibling]);
});

it('a parent stays where it is not said, is exchanged, and is taken away by null', async () => {
  const [top, other, id] = [
    ...(await storeLine(1)),
    ...(await storeLine(1)),
    ...(await storeLine(1)),
  ];
  const parentAfter = async (input: Record<string, unknown>) =>
    ((await update({ id, ...input })).data?.updateCheckpoint as Relatives).parent?.id;
  expect(await parentAfter({ parentId: top })).toBe(top);
  expect(await parentAfter({ name: 'renamed' })).toBe(top);
  expect(await parentAfter({ parentId: other })).toBe(other);
  expect(await parentAfter({ parentId: null })).toBeUndefined();
});

it('a registered one has the parent that is named, and one that is known keeps its own', async () => {
  await writeLayersModel(path.join(service.root, 'made'), { seed: 71 });
  const [parent, other] = [...(await storeLine(1)), ...(await storeLine(1))];
  const register = (parentId: unknown) =>
    service.client.send(
      'mutation ($input: RegisterCheckpointInput!) { registerCheckpoint(input: $input) { parent { id } } }',
      { input: { path: 'made', parentId } },
    );
  const unknown = await register(randomUUID());
  expect(unknown.errors[0]?.extensions.code).toBe('CHECKPOINT_NOT_FOUND');
  expect((await register('x')).errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
  const registered = { parent: { id: parent } };
  expect((await register(parent)).data?.registerCheckpoint).toEqual(registered);
  expect((await register(other)).data?.registerCheckpoint).toEqual(registered);
});

it('a deleted parent is still the parent, and said to be deleted', async () => {
  const [top, id] = await storeLine(2);
  const remove = 'mutation ($id: ID!) { deleteCheckpoint(id: $id) { id } }';
  await service.client.field('deleteCheckpoint', remove, { id: top });
  expect((await relatives(id ?? '')).parent).toEqual({
    id: top,
    deletedAt: expect.any(String) as string,
  });
  await service.client.field('deleteCheckpoint', remove, { id });
  expect((await relatives(top ?? '')).children).toEqual([{ id }]);
});

describe('no checkpoint descends from itself', () => {
  it.each([
    ['itself', 0],
    ['its child', 1],
    ['what was made from its child', 2],
  ])('its parent is not %s, and nothing else of the change is kept', async (_what, index) => {
    const ids = await storeLine(3);
    const id = idAt(ids, 0);
    const { errors } = await update({ id, name: 'lost', parentId: ids[index]?.toUpperCase() });
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['CHECKPOINT_LINEAGE_CYCLE']);
    const after = `{ checkpoint(id: "${id}") { name parent { id } } }`;
    expect(await service.client.field('checkpoint', after)).toEqual({
      name: `checkpoint ${id}`,
      parent: null,
    });
  });

  it.each(['parentId', 'id'])('nor from nothing: an unknown %s', async (key) => {
    const [one] = await storeLine(1);
    const { errors } = await update({ id: one, parentId: null, [key]: randomUUID() });
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['CHECKPOINT_NOT_FOUND']);
  });

  it('not by changes at the same moment either: of a ring that many close, one link is refused', async () => {
    for (let round = 0; round < 10; round++) {
      const ring: string[] = [];
      for (let i = 0; i < 4; i++) ring.push((await storeCheckpoint(dataSource())).id);
      const answers = await Promise.all(
        ring.map((id, index) => update({ id, parentId: idAt(ring, index - 1) })),
      );
      const codes = answers.flatMap(({ errors }) =>
        errors.map(({ extensions }) => extensions.code),
      );
      expect(codes).toEqual(['CHECKPOINT_LINEAGE_CYCLE']);
    }
  });
});

it('a list with its lineage costs a fixed number of statements', async () => {
  await storeLine(9);
  const statements = (first: number) =>
    statementsOf(dataSource(), async () => {
      const query = `{ checkpoints(first: ${first}) { nodes {
        parent { id parent { id } } ancestors(first: 5) { id } children(first: 3) { id children { id } } } } }`;
      const list = (await service.client.nodes('checkpoints', query)) as Relatives[];
      expect(list.filter(({ parent }) => parent)).toHaveLength(first);
    });
  const two = await statements(2);
  expect(two.length).toBeGreaterThan(3);
  // Those that the list holds already are not looked up again.
  expect((await statements(8)).length).toBeLessThanOrEqual(two.length);
});
