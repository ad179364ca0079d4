/** What the database itself says of a statement. */
import type { EntityManager } from 'typeorm';

export interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  Plans?: PlanNode[];
  'Actual Loops'?: number;
}

export interface Explained {
  plan: PlanNode;
  /** Planning and execution together. */
  ms: number;
}

export async function explain(
  manager: Pick<EntityManager, 'query'>,
  sql: string,
  values: unknown[],
): Promise<Explained> {
  const [row] = await manager.query<
    { 'QUERY PLAN': [{ Plan: PlanNode; 'Planning Time': number; 'Execution Time': number }] }[]
  >(`EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${sql}`, values);
  const found = row?.['QUERY PLAN'][0];
  if (!found) throw new Error('EXPLAIN has one row');
  return { plan: found.Plan, ms: found['Planning Time'] + found['Execution Time'] };
}

/** All nodes of a plan, those too that were not needed in the end. */
export function nodesOf(plan: PlanNode): PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}
