/** A subscription over graphql-ws tells a run's whole life and then ends. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { RunView } from '../../support/graphql-client';
import { RUN_FIELDS } from '../../support/graphql-client';
import { eventually } from '../../support/eventually';
import { SLOW_FILTERS, writeLayersModel } from '../../support/layers-models';
import { startTestService, type TestService } from '../../support/test-service';

const FOLLOW = `subscription ($id: ID!) {
  evaluationRunUpdated(id: $id) { ${RUN_FIELDS} startedAt result { accuracy } }
}`;

type Update = RunView & { startedAt: string | null; result: { accuracy: number } | null };

let service: TestService;
let socket: Client;
let datasetId: string;
let quickId: string;
let slowId: string;

beforeAll(async () => {
  service = await startTestService();
  datasetId = (await service.app.services.datasets.register('sample-shapes')).id;
  quickId = await service.client.register(
    await writeLayersModel(path.join(service.root, 'quick'), { filters: [8] }),
  );
  slowId = await service.client.register(
    await writeLayersModel(path.join(service.root, 'slow'), { filters: SLOW_FILTERS }),
  );
  socket = createClient({
    url: `${service.app.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
});

afterAll(async () => {
  await socket.dispose();
  await service.end();
});

const updatesOf = (id: string) => socket.iterate({ query: FOLLOW, variables: { id } });

function updateIn(answer: { data?: unknown; errors?: unknown }): Update {
  if (answer.errors !== undefined) throw new Error(JSON.stringify(answer.errors));
  return (answer.data as { evaluationRunUpdated: Update }).evaluationRunUpdated;
}

describe('evaluationRunUpdated', () => {
  it('tells of the run from where it is to its end, with the result, and then completes', async () => {
    const run = await service.client.runEvaluation({ checkpointId: quickId, datasetId });
    const updates: Update[] = [];
    for await (const answer of updatesOf(run.id)) updates.push(updateIn(answer));

    const states = updates.map(({ state }) => state);
    expect(states).toEqual([...states].sort((a, b) => orderOf(a) - orderOf(b)));
    const last = updates.at(-1);
    expect(last).toMatchObject({ id: run.id, state: 'SUCCEEDED', attempt: 1 });
    expect(last?.progress).toEqual({ samplesDone: 2000, samplesTotal: 2000 });
    expect(last?.result?.accuracy).toBeGreaterThanOrEqual(0);
    const progress = updates.map((update) => update.progress.samplesDone);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    for (const { state, result } of updates) expect(result === null).toBe(state !== 'SUCCEEDED');
  });

  it('tells of progress while the run is under way, and of its cancelling', async () => {
    const run = await service.client.runEvaluation({ checkpointId: slowId, datasetId });
    const between: number[] = [];
    let last: Update | undefined;
    for await (const answer of updatesOf(run.id)) {
      last = updateIn(answer);
      const { samplesDone } = last.progress;
      if (last.state === 'RUNNING' && samplesDone > 0) between.push(samplesDone);
      if (between.length === 2) await service.app.services.evaluations.cancel(run.id);
    }
    expect(between.length).toBeGreaterThanOrEqual(2);
    expect(between[0]).toBeLessThan(2000);
    expect(last?.state).toBe('CANCELLED');
  });

  it('tells of a run that has ended once, and completes', async () => {
    const run = await service.client.runEvaluation({ checkpointId: quickId, datasetId });
    await service.client.settled(run.id);
    const states: string[] = [];
    for await (const answer of updatesOf(run.id)) states.push(updateIn(answer).state);
    expect(states).toEqual(['SUCCEEDED']);
  });

  it('refuses an unknown and a malformed id, with codes and without internals', async () => {
    for (const [id, code] of [
      [randomUUID(), 'RUN_NOT_FOUND'],
      ['7', 'BAD_USER_INPUT'],
    ] as const) {
      const told = await firstErrorOf(id);
      expect(told).toContain(code);
      expect(told).not.toMatch(/stack|QueryFailed|SELECT|node_modules/);
    }
  });

  it('stops looking at the database for a reader who has left, while the run waits', async () => {
    const { dataSource } = service.app.services.database;
    const running = await service.client.runEvaluation({ checkpointId: slowId, datasetId });
    const waiting = await service.client.runEvaluation({ checkpointId: quickId, datasetId });
    for await (const answer of updatesOf(waiting.id)) {
      expect(updateIn(answer).state).toBe('QUEUED');
      break;
    }

    const statements: string[] = [];
    const spy = jest.spyOn(dataSource.logger, 'logQuery').mockImplementation((query, values) => {
      if ((values as unknown[] | undefined)?.includes(waiting.id) === true) statements.push(query);
    });
    try {
      await eventually(
        'the reader is forgotten',
        async () => {
          const before = statements.length;
          await new Promise((resolve) => setTimeout(resolve, 1_200));
          return statements.length === before;
        },
        8_000,
      );
    } finally {
      spy.mockRestore();
      await service.app.services.evaluations.cancel(waiting.id);
      await service.app.services.evaluations.cancel(running.id);
    }
  });
});

const orderOf = (state: string) => ['QUEUED', 'RUNNING', 'SUCCEEDED'].indexOf(state);

/** Whatever the service says first, as text: an error before the stream, or in its first answer. */
async function firstErrorOf(id: string): Promise<string> {
  try {
    for await (const answer of updatesOf(id)) return JSON.stringify(answer);
  } catch (error) {
    return JSON.stringify(error);
  }
  return 'nothing';
}
