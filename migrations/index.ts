/** All migrations in their order. A migration that has landed is history: it is never edited. */
import { CreateEvaluationTables1795500000000 } from './1795500000000-create-evaluation-tables';
import { AddAliasesAndPreprocessing1795600000000 } from './1795600000000-add-aliases-and-preprocessing';
import { CreateApiTokens1795700000000 } from './1795700000000-create-api-tokens';
import { AddShardsAndWorkers1795800000000 } from './1795800000000-add-shards-and-workers';
import { AddResultScores1795900000000 } from './1795900000000-add-result-scores';
import { IndexTheHistory1796000000000 } from './1796000000000-index-the-history';
import { AddTracesAndVersions1796130000000 } from './1796130000000-add-traces-and-versions';
import { CoverTheHistory1796200000000 } from './1796200000000-cover-the-history';
import { DistributeByRun1796300000000 } from './1796300000000-distribute-by-run';
import { AddCheckpointParent1796400000000 } from './1796400000000-add-checkpoint-parent';

export const MIGRATIONS = [
  CreateEvaluationTables1795500000000,
  AddAliasesAndPreprocessing1795600000000,
  CreateApiTokens1795700000000,
  AddShardsAndWorkers1795800000000,
  AddResultScores1795900000000,
  IndexTheHistory1796000000000,
  AddTracesAndVersions1796130000000,
  CoverTheHistory1796200000000,
  DistributeByRun1796300000000,
  AddCheckpointParent1796400000000,
];
