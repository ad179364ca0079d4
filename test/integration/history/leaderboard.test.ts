/** The leaderboard: each checkpoint by its best result, ranks, ties and intervals; held against sorting in memory. */
import type { EvaluationResult } from '../../../src/evaluations/evaluation-result.entity';
import { createHistory, type History } from '../../../src/evaluations/history/history';
import { ranked } from '../../../src/evaluations/history/leaderboard';
import { lessIsBetter } from '../../../src/evaluations/metric-direction';
import { RESULT_METRICS, type ResultMetric } from '../../../src/evaluations/result-metric';
import { wilsonInterval } from '../../../src/metrics/statistics/wilson-interval';
import { openTestDatabase, type OpenTestDatabase } from '../../support/open-test-database';
import { storeCheckpoint } from '../../support/stored-rows';
import { storeVariant } from '../../support/stored-variants';
import { type MadeHistory, makeHistory } from './made-history';

let database: OpenTestDatabase;
let history: History;
let made: MadeHistory;

beforeAll(async () => {
  database = await openTestDatabase();
  history = createHistory(database.dataSource);
  made = await makeHistory(database.dataSource, 3);
});

afterAll(() => database.end());

const place = () => ({ datasetId: made.datasets[0]?.id ?? '', split: 'test' });

/** The best value of each checkpoint on the split, the best first. */
function bestValues(metric: ResultMetric): number[] {
  const sign = lessIsBetter(metric) ? 1 : -1;
  const { datasetId, split } = place();
  const best = new Map<string, number>();
  for (const { result } of made.results) {
    const value = result[metric];
    if (result.datasetId !== datasetId || result.split !== split || value === null) continue;
    const known = best.get(result.checkpointId);
    if (known === undefined || sign * (value - known) < 0) best.set(result.checkpointId, value);
  }
  return [...best.values()].sort((a, b) => sign * (a - b));
}

it.each(RESULT_METRICS)(
  'by %s has the best of each checkpoint, the good end first',
  async (metric) => {
    const entries = await history.leaderboard.entries({ ...place(), metric, first: 100 });
    const expected = bestValues(metric);
    expect(expected.length).toBeGreaterThan(1);
    expect(entries.map(({ value }) => value)).toEqual(expected);
    expect(entries.map(({ result }) => result[metric])).toEqual(expected);
    expect(entries.map(({ rank }) => rank)).toEqual(
      expected.map((value) => expected.indexOf(value) + 1),
    );
    const checkpoints = entries.map(({ result }) => result.checkpointId);
    expect(new Set(checkpoints).size).toBe(checkpoints.length);
    const two = await history.leaderboard.entries({ ...place(), metric, first: 2 });
    expect(two).toEqual(entries.slice(0, 2));
  },
);

it('is empty where there is no result, and leaves out deleted checkpoints', async () => {
  const query = { ...place(), metric: 'accuracy', first: 100 } as const;
  expect(await history.leaderboard.entries({ ...query, split: 'x' })).toEqual([]);
  const before = await history.leaderboard.entries(query);
  const winner = before[0]?.result.checkpointId ?? '';
  const set = 'UPDATE checkpoint SET deleted_at = $2 WHERE id = $1';
  await database.dataSource.query(set, [winner, new Date()]);
  const after = await history.leaderboard.entries(query);
  await database.dataSource.query(set, [winner, null]);
  expect(after.map(({ result }) => result.checkpointId)).toEqual(
    before.slice(1).map(({ result }) => result.checkpointId),
  );
  expect(after[0]?.rank).toBe(1);
});

it('takes one result of a checkpoint that was evaluated often with the same value', async () => {
  const { dataSource } = database;
  const checkpoint = await storeCheckpoint(dataSource);
  const one = made.results[0]?.result.runId ?? '';
  for (let i = 0; i < 30; i++) {
    await storeVariant(dataSource, one, {
      checkpoint_id: checkpoint.id,
      dataset_id: place().datasetId,
      split: 'often',
      accuracy: 0.5,
    });
  }
  await storeVariant(dataSource, one, {
    dataset_id: place().datasetId,
    split: 'often',
    accuracy: 0.4,
  });
  const query = { ...place(), split: 'often', metric: 'accuracy', first: 20 } as const;
  const entries = await history.leaderboard.entries(query);
  expect(entries.map(({ value, rank }) => [value, rank])).toEqual([
    [0.5, 1],
    [0.4, 2],
  ]);
});

describe('ranks and ties', () => {
  const result = (accuracy: number, intervals: EvaluationResult['intervals'] = null) =>
    ({
      accuracy,
      intervals,
      sampleCount: 100,
      confusionMatrix: [
        [Math.round(accuracy * 100), 100 - Math.round(accuracy * 100)],
        [0, 0],
      ],
    }) as unknown as EvaluationResult;

  it('are those of a competition: equal values share one, and the next counts them all', () => {
    const entries = ranked(
      [0.9, 0.9, 0.8, 0.8, 0.8, 0.1].map((value) => result(value)),
      'accuracy',
    );
    expect(entries.map(({ rank }) => rank)).toEqual([1, 1, 3, 3, 3, 6]);
  });

  it("are ties with the first while Wilson's intervals meet, which follow from the counts of old results", () => {
    const entries = ranked(
      [0.9, 0.85, 0.6].map((value) => result(value)),
      'accuracy',
    );
    const wilson = wilsonInterval(85, 100);
    expect(entries[1]?.interval?.lower).toBeCloseTo(wilson?.low ?? 0, 12);
    expect(entries[1]?.interval?.upper).toBeCloseTo(wilson?.high ?? 0, 12);
    expect(entries.map(({ tiedWithFirst }) => tiedWithFirst)).toEqual([true, true, false]);
  });

  it('go by stored intervals, and without one by the value alone', () => {
    const stored = (lower: number, upper: number): EvaluationResult['intervals'] => ({
      wilson: { level: 0.95, bounds: {} },
      bootstrap: {
        level: 0.95,
        resamples: 1000,
        seed: 42,
        stratified: false,
        bounds: { accuracy: [lower, upper] },
      },
    });
    const none: EvaluationResult['intervals'] = {
      wilson: { level: 0.95, bounds: {} },
      bootstrap: null,
    };
    const entries = ranked(
      [
        result(0.9, stored(0.8, 0.95)),
        result(0.9, none),
        result(0.8, stored(0.7, 0.8)),
        result(0.7, none),
      ],
      'accuracy',
    );
    expect(entries.map(({ tiedWithFirst }) => tiedWithFirst)).toEqual([true, true, true, false]);
    expect(entries.map(({ interval }) => interval)).toEqual([
      { lower: 0.8, upper: 0.95 },
      null,
      { lower: 0.7, upper: 0.8 },
      null,
    ]);
  });
});
