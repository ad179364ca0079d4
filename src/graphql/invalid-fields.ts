/** Flattens class-validator's tree of errors into the fields that are wrong, without the values in them. */
import { ValidationError } from 'class-validator';

export interface InvalidField {
  /** From inside the argument, joined by dots: `thresholds.0.metric`. */
  path: string;
  message: string;
}

/** Fields in one answer. */
const MAX_FIELDS = 50;

/** @returns undefined where the value is no list of class-validator's errors */
export function invalidFields(validationErrors: unknown): InvalidField[] | undefined {
  if (!Array.isArray(validationErrors)) return undefined;
  const errors: unknown[] = validationErrors;
  if (!errors.every((error) => error instanceof ValidationError)) return undefined;
  return errors.flatMap((error) => fieldsOf(error, [])).slice(0, MAX_FIELDS);
}

function fieldsOf(error: ValidationError, parents: readonly string[]): InvalidField[] {
  // An object of an unknown class has errors but no property, whatever the type says.
  const property = error.property as string | undefined;
  const path = property === undefined ? parents : [...parents, property];
  const own = Object.values(error.constraints ?? {}).map((message) => ({
    path: path.join('.'),
    message,
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldsOf(child, path))];
}
