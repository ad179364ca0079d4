/** What else is asked of a long history: runs, leaderboards, an alias over time, an export, a look into a cell. */
import type { DataSource, EntityManager } from 'typeorm';
import { readOutputs } from '../../src/analysis/prediction-blocks';
import { Dataset } from '../../src/datasets/dataset.entity';
import { EvaluationResult } from '../../src/evaluations/evaluation-result.entity';
import { ALIAS_HISTORY_SQL } from '../../src/evaluations/history/alias-history';
import { leaderboardSql } from '../../src/evaluations/history/leaderboard';
import { NEWEST_FIRST, runSource } from '../../src/evaluations/history/run-list';
import { RESULT_METRICS } from '../../src/evaluations/result-metric';
import { RUNS } from '../../src/exports/export-sources';
import { orderOf, pageSql } from '../../src/exports/stored-rows';
import { keysetSql } from '../../src/pagination/keyset';
import { keysetCursor } from '../../src/pagination/keyset-order';
import { SqlParameters } from '../../src/pagination/sql-parameters';
import { dayOf, filledId, runFilters } from './history-filters';
import { databaseMs, type Measured, summary, wallMs } from './timed';

/** What a look into a cell may take in the database. */
const CELL_LIMIT_MS = 50;
const CELLS = 50;

export async function measureOtherLists({ manager }: DataSource): Promise<Measured[]> {
  const place = [filledId('dataset', 0), 'test'];
  const boards = [];
  for (const by of RESULT_METRICS) {
    const ms = await databaseMs(manager, leaderboardSql(by), [...place, 20]);
    boards.push({ filter: '(leaderboard of 20)', order: by, ...summary([ms]) });
  }
  const alias = await databaseMs(manager, ALIAS_HISTORY_SQL, ['champion', ...place, 100]);
  return [
    ...(await measureRuns(manager)),
    ...boards,
    { filter: '(alias history)', order: 'assignedAt', ...summary([alias]) },
    await measureExport(manager),
    await measureCells(manager),
  ];
}

async function measureRuns(manager: EntityManager): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const [name, filter] of Object.entries(runFilters())) {
    const times: number[] = [];
    for (const backward of [false, true]) {
      const parameters = new SqlParameters();
      const source = runSource(filter, parameters);
      const sql = keysetSql(NEWEST_FIRST, { size: 20, backward }, source, parameters);
      times.push(await databaseMs(manager, sql, parameters.values));
    }
    measured.push({ filter: '(runs)', order: name, ...summary(times) });
  }
  return measured;
}

/** Pages of runs, of 2,000 each, from the beginning and from the midst on. */
async function measureExport(manager: EntityManager): Promise<Measured> {
  const span = { since: dayOf(0).toISOString(), until: dayOf(2).toISOString() };
  const times: number[] = [];
  for (const share of [0, 0.5, 0.95]) {
    const parameters = new SqlParameters();
    const place = { value: dayOf(share).getTime() * 1000, id: filledId('run', 0) };
    const sql = pageSql(RUNS, span, keysetCursor(orderOf(RUNS), place), parameters);
    times.push(await databaseMs(manager, sql, parameters.values));
  }
  return { filter: '(export of runs, a page of 2,000)', order: 'finishedAt', ...summary(times) };
}

/** The database's part of a look into a cell: the result, its dataset, and all its predictions, as we get them. */
async function measureCells(manager: EntityManager): Promise<Measured> {
  const runs = await manager.query<{ id: string }[]>(
    'SELECT run_id AS id FROM prediction_block ORDER BY run_id LIMIT $1',
    [CELLS],
  );
  const times: number[] = [];
  for (const { id } of runs) {
    const look = async () => {
      const result = await manager.findOneByOrFail(EvaluationResult, { runId: id });
      await manager.findOneByOrFail(Dataset, { id: result.datasetId });
      const [outputs] = await readOutputs(manager, [result]);
      if (outputs === undefined || outputs instanceof Error) throw new Error(`run ${id} has none`);
    };
    times.push(await wallMs(look, CELL_LIMIT_MS));
  }
  const limitMs = CELL_LIMIT_MS;
  return { filter: '(a look into a cell)', order: '10,000 × 10', limitMs, ...summary(times) };
}
