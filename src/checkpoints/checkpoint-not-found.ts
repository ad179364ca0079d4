/** The error for a checkpoint that is named and not there. */
import { UserError } from '../errors';

/** @param what as it goes on after "there is no checkpoint" */
export function checkpointNotFound(what: string): UserError {
  return new UserError(
    'CHECKPOINT_NOT_FOUND',
    `there is no checkpoint ${what}; the query "checkpoints" lists them`,
  );
}
