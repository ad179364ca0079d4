/** The lists over all runs and results. */
import { Args, Authorized, Query, Resolver } from 'type-graphql';
import { type Connection, connectionType, costOfConnection } from '../../pagination/connection';
import { EvaluationResult } from '../evaluation-result.entity';
import { EvaluationRun } from '../evaluation-run.entity';
import { AliasHistoryEntry } from './alias-history';
import type { History } from './history';
import { AliasHistoryArgs, LeaderboardArgs, ResultsArgs, RunsArgs } from './history-args';
import { LeaderboardEntry } from './leaderboard';
import { NEWEST_FIRST } from './result-order';

const EvaluationResultConnection = connectionType(() => EvaluationResult, 'EvaluationResult');
const EvaluationRunConnection = connectionType(() => EvaluationRun, 'EvaluationRun');

@Resolver()
export class HistoryResolver {
  constructor(private readonly history: History) {}

  @Authorized('viewer')
  @Query(() => EvaluationResultConnection, { complexity: costOfConnection })
  evaluationResults(
    @Args(() => ResultsArgs) { filter, orderBy, ...page }: ResultsArgs,
  ): Promise<Connection<EvaluationResult>> {
    return this.history.results.page(filter ?? {}, orderBy ?? NEWEST_FIRST, page);
  }

  @Authorized('viewer')
  @Query(() => EvaluationRunConnection, {
    complexity: costOfConnection,
    description: 'Newest first.',
  })
  evaluationRuns(
    @Args(() => RunsArgs) { filter, ...page }: RunsArgs,
  ): Promise<Connection<EvaluationRun>> {
    return this.history.runs.page(filter ?? {}, page);
  }

  @Authorized('viewer')
  @Query(() => [LeaderboardEntry], {
    description:
      'Each checkpoint by its best result on the split, the best first; deleted ones, and those without the metric, are left out.',
  })
  leaderboard(@Args(() => LeaderboardArgs) query: LeaderboardArgs): Promise<LeaderboardEntry[]> {
    return this.history.leaderboard.entries(query);
  }

  @Authorized('viewer')
  @Query(() => [AliasHistoryEntry], {
    description:
      'What the alias meant over time, oldest first, each time with the newest result of its checkpoint on the split; times without a result are left out.',
  })
  aliasHistory(
    @Args(() => AliasHistoryArgs) query: AliasHistoryArgs,
  ): Promise<AliasHistoryEntry[]> {
    return this.history.aliases.entries(query);
  }
}
