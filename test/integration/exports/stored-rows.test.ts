/** Pages of everything: complete and in order where times are equal, with the same statements for each page. */
import type { DataSource } from 'typeorm';
import type { EvaluationResult } from '../../../src/evaluations/evaluation-result.entity';
import { RESULTS } from '../../../src/exports/export-sources';
import { settledUntil } from '../../../src/exports/export-time';
import { storedPages } from '../../../src/exports/stored-rows';
import { openTestDatabase, type OpenTestDatabase } from '../../support/open-test-database';
import { newRun, storeResult } from '../../support/stored-rows';

const START = '2026-01-01T00:00:00.000000Z';
const END = '2026-01-02T00:00:00.000000Z';

let database: OpenTestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
}, 120_000);
afterAll(() => database.end());

/** How many statements the work sends; the entity manager and `query` both go through a query runner. */
async function counted<T>(dataSource: DataSource, work: () => Promise<T>): Promise<[T, number]> {
  let count = 0;
  const create = dataSource.createQueryRunner.bind(dataSource);
  dataSource.createQueryRunner = (...args) => {
    const runner = create(...args);
    const query = runner.query.bind(runner);
    runner.query = ((...given: Parameters<typeof query>) => {
      count += 1;
      return query(...given);
    }) as typeof runner.query;
    return runner;
  };
  try {
    return [await work(), count];
  } finally {
    dataSource.createQueryRunner = create;
  }
}

async function pagesOf(dataSource: DataSource, pageSize: number): Promise<EvaluationResult[][]> {
  const pages: EvaluationResult[][] = [];
  const span = { since: START, until: END };
  for await (const page of storedPages(dataSource.manager, { ...RESULTS, pageSize }, span)) {
    pages.push(page);
  }
  return pages;
}

test('rows of one time are neither lost nor repeated, and a page takes two statements', async () => {
  const { dataSource } = database;
  const run = await newRun(dataSource);
  const at = (hour: number) => new Date(Date.UTC(2026, 0, 1, hour));
  for (const hour of [0, 0, 0, 5, 5, 9, 24]) {
    await storeResult(dataSource, run, { createdAt: at(hour) });
  }
  const [one, ofOne] = await counted(dataSource, () => pagesOf(dataSource, 100));
  const [three, ofThree] = await counted(dataSource, () => pagesOf(dataSource, 2));
  expect(one.map((page) => page.length)).toEqual([6]);
  expect(three.map((page) => page.length)).toEqual([2, 2, 2]);
  const ids = three.flat().map(({ runId }) => runId);
  expect(ids).toEqual(one.flat().map(({ runId }) => runId));
  expect(new Set(ids).size).toBe(6);
  expect([ofOne, ofThree]).toEqual([2, 6]);
});

test('what an open transaction may yet add lies behind the end of an export', async () => {
  const { dataSource } = database;
  const runner = dataSource.createQueryRunner();
  await runner.startTransaction();
  const [{ began }] = (await runner.query('SELECT now() AS began')) as [{ began: Date }];
  try {
    const until = new Date(await settledUntil(dataSource.manager));
    expect(until.getTime()).toBeLessThanOrEqual(began.getTime());
  } finally {
    await runner.rollbackTransaction();
    await runner.release();
  }
  const later = new Date(await settledUntil(dataSource.manager));
  expect(later.getTime()).toBeGreaterThan(began.getTime());
});
