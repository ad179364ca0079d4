/** Turns the filter of a list of checkpoints into one SQL statement. */
import type { Repository, SelectQueryBuilder } from 'typeorm';
import type { Checkpoint } from './checkpoint.entity';
import type { CheckpointFilter } from './checkpoint-inputs';

export function filteredCheckpoints(
  repository: Repository<Checkpoint>,
  filter: Partial<CheckpointFilter>,
): SelectQueryBuilder<Checkpoint> {
  const { format, nameContains, tag, alias, digestPrefix, datasetId, includeDeleted } = filter;
  const query = repository.createQueryBuilder('checkpoint').where('TRUE');
  if (!includeDeleted) query.andWhere('checkpoint.deletedAt IS NULL');
  if (format) query.andWhere('checkpoint.format = :format', { format });
  if (nameContains) {
    query.andWhere('checkpoint.name ILIKE :name', { name: `%${literal(nameContains)}%` });
  }
  if (tag) query.andWhere(':tag = ANY(checkpoint.tags)', { tag });
  // Hex digits only, so there is nothing in it that LIKE would read otherwise.
  if (digestPrefix)
    query.andWhere('checkpoint.digest LIKE :prefix', { prefix: `${digestPrefix}%` });
  if (alias) {
    query.andWhere(
      `checkpoint.id IN (SELECT a.checkpoint_id FROM checkpoint_alias a
                          WHERE a.alias = :alias AND a.ended_at IS NULL)`,
      { alias },
    );
  }
  if (datasetId) {
    query.andWhere(
      `EXISTS (SELECT 1 FROM evaluation_result r
                WHERE r.checkpoint_id = checkpoint.id AND r.dataset_id = :datasetId)`,
      { datasetId },
    );
  }
  return query;
}

/** Text in which LIKE finds no wildcards. */
function literal(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
