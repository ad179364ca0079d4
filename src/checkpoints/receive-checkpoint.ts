/** Registers a checkpoint that somebody sends as a stream, with what the address says about it. */
import { UserError } from '../errors';
import { checkedDetails } from './checkpoint-inputs';
import type { CheckpointRegistration } from './checkpoint-registration';

export interface ReceivedFile {
  fileName: string;
  body: AsyncIterable<Uint8Array>;
  /** `name`, `tag` (any number of times), `notes`, `parentId`, and `preprocessing` as JSON; unchecked. */
  parameters: Readonly<Record<string, unknown>>;
}

const PARAMETERS = ['name', 'tag', 'notes', 'parentId', 'preprocessing'];

/** @throws UserError UPLOAD_PARAMETER_INVALID, CHECKPOINT_DETAILS_INVALID, and what the registration throws */
export async function receiveCheckpoint(
  registration: CheckpointRegistration,
  { fileName, body, parameters }: ReceivedFile,
): Promise<{ id: string; digest: string; created: boolean }> {
  const details = checkedDetails(detailsOf(parameters));
  const { checkpoint, created } = await registration.fromStream(fileName, body, details);
  return { id: checkpoint.id, digest: checkpoint.digest, created };
}

function detailsOf(parameters: Readonly<Record<string, unknown>>) {
  const unknown = Object.keys(parameters).filter((key) => !PARAMETERS.includes(key));
  if (unknown.length > 0) {
    throw invalid(`known are filename, ${PARAMETERS.join(', ')}`);
  }
  const { name, tag, notes, parentId, preprocessing } = parameters;
  return {
    ...(name !== undefined && { name }),
    ...(tag !== undefined && { tags: [tag].flat() }),
    ...(notes !== undefined && { notes }),
    ...(parentId !== undefined && { parentId }),
    ...(preprocessing !== undefined && { preprocessing: parsed(preprocessing) }),
  };
}

function parsed(json: unknown): unknown {
  try {
    return JSON.parse(String(json));
  } catch {
    throw invalid('preprocessing must be JSON such as {"mean":[0.5],"std":[0.5]}');
  }
}

function invalid(reason: string): UserError {
  return new UserError(
    'UPLOAD_PARAMETER_INVALID',
    `A parameter of the address is not valid: ${reason}.`,
  );
}
