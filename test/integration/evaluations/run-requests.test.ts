/** The same request twice: one run under a key, and what is known already is not evaluated again. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { EvaluationResult } from '../../../src/evaluations/evaluation-result.entity';
import { EvaluationRun } from '../../../src/evaluations/evaluation-run.entity';
import { PredictionBlock } from '../../../src/evaluations/prediction-block.entity';
import type { RunView } from '../../support/graphql-client';
import { writeLayersModel } from '../../support/layers-models';
import { startTestService, type TestService } from '../../support/test-service';

const RUN = 'mutation ($input: RunEvaluationInput!) { runEvaluation(input: $input) { id state } }';

let service: TestService;
let input: Record<string, unknown>;

beforeAll(async () => {
  service = await startTestService({ configure: (config) => (config.evaluation.shardSize = 300) });
  const datasetId = (await service.app.services.datasets.register('sample-shapes')).id;
  const folder = await writeLayersModel(path.join(service.root, 'linear'));
  input = { checkpointId: await service.client.register(folder), datasetId };
});

afterAll(() => service.end());

const manager = () => service.app.services.database.dataSource.manager;

async function ask(more: Record<string, unknown> = {}): Promise<RunView> {
  const answer = await service.client.field('runEvaluation', RUN, { input: { ...input, ...more } });
  return answer as RunView;
}

describe('an idempotency key', () => {
  it('gives one run to twenty requests at once, and to one that comes later', async () => {
    const before = await manager().count(EvaluationRun);
    const key = { idempotencyKey: randomUUID(), force: true };
    const runs = await Promise.all(Array.from({ length: 20 }, () => ask(key)));
    const ids = new Set(runs.map(({ id }) => id));
    expect(ids.size).toBe(1);
    expect(await manager().count(EvaluationRun)).toBe(before + 1);
    const [id = ''] = ids;
    expect((await service.client.settled(id)).state).toBe('SUCCEEDED');
    expect(await ask(key)).toEqual({ id, state: 'SUCCEEDED' });
  });

  it('with another input is refused, whatever differs', async () => {
    const idempotencyKey = randomUUID();
    const { id } = await ask({ idempotencyKey });
    for (const other of [{ batchSize: 32 }, { force: true }, { engine: 'TFJS' }]) {
      const { errors } = await service.client.send(RUN, {
        input: { ...input, idempotencyKey, ...other },
      });
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(['IDEMPOTENCY_KEY_REUSED']);
    }
    expect((await ask({ idempotencyKey })).id).toBe(id);
  });

  it('of a request that was refused is free', async () => {
    const idempotencyKey = randomUUID();
    const wrong = { ...input, idempotencyKey, split: 'nowhere' };
    expect(await service.client.codes(RUN, { input: wrong })).toEqual(['DATASET_SPLIT_UNKNOWN']);
    expect((await ask({ idempotencyKey })).id).toBeDefined();
  });

  it.each([
    ['of nothing', ''],
    ['too long', 'x'.repeat(201)],
    ['with a NUL', 'a\0b'],
  ])('%s is refused', async (_, idempotencyKey) => {
    const answer = await service.client.codes(RUN, { input: { ...input, idempotencyKey } });
    expect(answer).toEqual(['BAD_USER_INPUT']);
  });
});

describe('an equal result', () => {
  it('is answered at once, under a key too, and not where one is forced', async () => {
    const first = await ask({ force: true });
    await service.client.settled(first.id);
    const idempotencyKey = randomUUID();
    for (const more of [{}, { idempotencyKey }, { idempotencyKey }, { batchSize: 16 }]) {
      expect(await ask(more)).toEqual({ id: first.id, state: 'SUCCEEDED' });
    }
    expect((await ask({ force: true })).id).not.toBe(first.id);
  });

  it('is none where the checkpoint, the split or the engine differs', async () => {
    const { id } = await ask();
    const folder = await writeLayersModel(path.join(service.root, 'other'), { seed: 2 });
    const checkpointId = await service.client.register(folder);
    for (const other of [{ checkpointId }, { split: 'train' }, { engine: 'TFJS' }]) {
      const run = await ask(other);
      expect(run.id).not.toBe(id);
      expect((await service.client.settled(run.id)).state).toBe('SUCCEEDED');
    }
  });

  it('of a version of the engine that is not installed any more does not count', async () => {
    const [row] = await manager().query<{ run_id: string }[]>(
      `SELECT run_id FROM evaluation_result WHERE engine = 'onnx' AND split = 'test' LIMIT 1`,
    );
    await manager().query('ALTER TABLE evaluation_result DISABLE TRIGGER USER');
    const old = `UPDATE evaluation_result SET backend_version = $1 WHERE backend = 'onnxruntime' RETURNING 1`;
    await manager().query(old, ['0.0.1']);
    try {
      const run = await ask();
      expect(run.state).toBe('QUEUED');
      expect(run.id).not.toBe(row?.run_id);
      await service.client.settled(run.id);
      expect((await ask()).id).toBe(run.id);
    } finally {
      await manager().query('ALTER TABLE evaluation_result ENABLE TRIGGER USER');
    }
  });
});

it('a forced evaluation finds the same to the last bit', async () => {
  const found: unknown[] = [];
  for (let i = 0; i < 3; i++) {
    const { id } = await ask({ force: true });
    await service.client.settled(id);
    const { confusionMatrix, lossSum } = await manager().findOneByOrFail(EvaluationResult, {
      runId: id,
    });
    const blocks = await manager().find(PredictionBlock, {
      where: { runId: id },
      order: { shard: 'ASC' },
    });
    expect(blocks).toHaveLength(7);
    const logits = Buffer.concat(blocks.map((block) => block.logits)).toString('base64');
    found.push({ confusionMatrix, lossSum, logits });
  }
  expect(found[1]).toEqual(found[0]);
  expect(found[2]).toEqual(found[0]);
});
