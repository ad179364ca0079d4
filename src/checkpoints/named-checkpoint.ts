/** Finds the checkpoint that a person names in one word: by its id, its digest or an alias. */
import { looksLikeUuid } from '../uuid';
import type { Checkpoint } from './checkpoint.entity';
import type { CheckpointAliasService } from './checkpoint-alias.service';
import type { CheckpointService } from './checkpoint.service';

const DIGEST = /^[0-9a-f]{64}$/i;

export interface CheckpointSources {
  checkpoints: Pick<CheckpointService, 'get' | 'byDigest'>;
  aliases: Pick<CheckpointAliasService, 'resolve'>;
}

/**
 * What looks like an id or a digest is one: no alias may look like it.
 *
 * @throws UserError CHECKPOINT_NOT_FOUND, CHECKPOINT_AMBIGUOUS, ALIAS_NOT_FOUND
 */
export function checkpointNamed(
  { checkpoints, aliases }: CheckpointSources,
  name: string,
): Promise<Checkpoint> {
  if (looksLikeUuid(name)) return checkpoints.get(name);
  return DIGEST.test(name) ? checkpoints.byDigest(name.toLowerCase()) : aliases.resolve(name);
}
