/** Turns the filter of a list of checkpoints into what a page is read from, newest first. */
import type { KeysetSource } from '../pagination/keyset';
import type { KeysetOrder } from '../pagination/keyset-order';
import type { SqlParameters } from '../pagination/sql-parameters';
import type { CheckpointFilter } from './checkpoint-inputs';

export const NEWEST_FIRST: KeysetOrder = {
  name: 'createdAt',
  column: 'c.created_at',
  kind: 'time',
  nullable: false,
  descending: true,
  idColumn: 'c.id',
};

export function checkpointSource(
  filter: Partial<CheckpointFilter>,
  parameters: SqlParameters,
): KeysetSource {
  const { format, nameContains, tag, alias, digestPrefix, datasetId, includeDeleted } = filter;
  const where: string[] = [];
  const add = (value: string) => parameters.add(value);
  if (!includeDeleted) where.push('c.deleted_at IS NULL');
  if (format) where.push(`c.format = ${add(format)}`);
  if (nameContains) where.push(`c.name ILIKE ${add(`%${literal(nameContains)}%`)}`);
  if (tag) where.push(`${add(tag)} = ANY (c.tags)`);
  // Hex digits only, so there is nothing in it that LIKE would read otherwise.
  if (digestPrefix) where.push(`c.digest LIKE ${add(`${digestPrefix}%`)}`);
  if (alias) {
    where.push(`c.id IN (SELECT a.checkpoint_id FROM checkpoint_alias a
                          WHERE a.alias = ${add(alias)} AND a.ended_at IS NULL)`);
  }
  if (datasetId) {
    where.push(`EXISTS (SELECT 1 FROM evaluation_result r
                         WHERE r.checkpoint_id = c.id AND r.dataset_id = ${add(datasetId)})`);
  }
  return { from: 'checkpoint c', where };
}

/** Text in which LIKE finds no wildcards. */
function literal(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
