/** Class indices that come from outside. */
import { UserError } from '../errors';

/** @throws UserError CLASS_INDEX_OUT_OF_RANGE for an index that is given and names none of the classes */
export function checkClassIndex(index: number | null | undefined, classCount: number): void {
  if (index === null || index === undefined || (index >= 0 && index < classCount)) return;
  throw new UserError(
    'CLASS_INDEX_OUT_OF_RANGE',
    `there is no class ${index}; the ${classCount} classes are 0 to ${classCount - 1}`,
    { details: { classIndex: index, classCount } },
  );
}
