/** All migrations in their order. A migration that has landed is history: it is never edited. */
import { CreateEvaluationTables1795500000000 } from './1795500000000-create-evaluation-tables';

export const MIGRATIONS = [CreateEvaluationTables1795500000000];
