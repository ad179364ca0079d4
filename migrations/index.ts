/** All migrations in their order. A migration that has landed is history: it is never edited. */
import { CreateEvaluationTables1795500000000 } from './1795500000000-create-evaluation-tables';
import { AddAliasesAndPreprocessing1795600000000 } from './1795600000000-add-aliases-and-preprocessing';
import { AddShardsAndWorkers1795700000000 } from './1795700000000-add-shards-and-workers';

export const MIGRATIONS = [
  CreateEvaluationTables1795500000000,
  AddAliasesAndPreprocessing1795600000000,
  AddShardsAndWorkers1795700000000,
];
