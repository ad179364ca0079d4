/** What answers the lists over all runs and results. */
import type { DataSource } from 'typeorm';
import { AliasHistory } from './alias-history';
import { Leaderboard } from './leaderboard';
import { ResultList } from './result-list';
import { RunList } from './run-list';

export interface History {
  results: ResultList;
  runs: RunList;
  leaderboard: Leaderboard;
  aliases: AliasHistory;
}

export function createHistory(dataSource: DataSource): History {
  return {
    results: new ResultList(dataSource),
    runs: new RunList(dataSource),
    leaderboard: new Leaderboard(dataSource),
    aliases: new AliasHistory(dataSource),
  };
}
