/** Predictions made elsewhere: unknown data is checked, row by row, into labels and logits. */
import { UserError } from '../errors';

export interface ScoredPredictions {
  classCount: number;
  /** classCount names, where the data gives them. */
  classNames: string[] | undefined;
  /** N class indices, each below classCount. */
  labels: Uint32Array;
  /** N × classCount finite numbers, row by row. */
  logits: Float64Array;
}

/** The confusion matrix grows with the square of this: 2,000 classes are some 130 MB with its shares. */
export const MAX_SCORED_CLASSES = 2_000;

/**
 * @param value `{ labels: integer[N], logits: number[N][K], classes?: K or K names }`; further fields are
 *   left alone
 * @throws UserError with a code SCORE_…; the message names the row, counted from 0
 */
export function parsePredictions(value: unknown): ScoredPredictions {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UserError(
      'SCORE_NOT_AN_OBJECT',
      `Predictions are a JSON object with "labels" and "logits", not ${kindOf(value)}.`,
    );
  }
  const fields = value as Partial<Record<string, unknown>>;
  const labels = listField(fields, 'labels');
  const rows = listField(fields, 'logits');
  if (labels.length !== rows.length) {
    throw new UserError(
      'SCORE_LENGTHS_DIFFER',
      `There are ${labels.length} labels and ${rows.length} rows of logits: give one row a label.`,
      { details: { labels: labels.length, rows: rows.length } },
    );
  }
  if (rows.length === 0) {
    throw new UserError('SCORE_EMPTY', 'There are no predictions to score: give at least one row.');
  }
  const { classCount, classNames } = parseClasses(fields['classes'], rows[0]);
  return {
    classCount,
    classNames,
    labels: Uint32Array.from(labels, (label, row) => parseLabel(label, row, classCount)),
    logits: parseLogits(rows, classCount),
  };
}

function listField(fields: Partial<Record<string, unknown>>, name: string): unknown[] {
  const list = fields[name];
  if (Array.isArray(list)) return list as unknown[];
  if (list === undefined) {
    throw new UserError(
      'SCORE_FIELD_MISSING',
      `"${name}" is missing: predictions need "labels" (integers) and "logits" (a row a label).`,
      { details: { field: name } },
    );
  }
  throw new UserError('SCORE_FIELD_INVALID', `"${name}" must be a list, not ${kindOf(list)}.`, {
    details: { field: name },
  });
}

function parseClasses(
  classes: unknown,
  firstRow: unknown,
): Pick<ScoredPredictions, 'classCount' | 'classNames'> {
  const classNames = Array.isArray(classes) ? parseNames(classes) : undefined;
  const classCount =
    classNames?.length ?? classes ?? (Array.isArray(firstRow) ? firstRow.length : 0);
  if (typeof classCount !== 'number' || !Number.isInteger(classCount)) {
    throw classesInvalid(`it is ${kindOf(classCount)}`);
  }
  if (classCount < 2 || classCount > MAX_SCORED_CLASSES) {
    throw classesInvalid(`there would be ${classCount} classes`);
  }
  return { classCount, classNames };
}

function parseNames(names: readonly unknown[]): string[] {
  const seen = new Set<string>();
  for (const [k, name] of names.entries()) {
    if (typeof name !== 'string' || name.trim() === '') {
      throw classesInvalid(`name ${k} is ${name === '' ? 'empty' : kindOf(name)}`);
    }
    if (seen.has(name)) throw classesInvalid(`name ${k} occurs before`);
    seen.add(name);
  }
  return [...seen];
}

function classesInvalid(reason: string): UserError {
  return new UserError(
    'SCORE_CLASSES_INVALID',
    `"classes" must be a whole number or a list of distinct names, for 2 to ${MAX_SCORED_CLASSES} ` +
      `classes, or be left out, which takes the length of the first row of logits; but ${reason}.`,
  );
}

function parseLabel(label: unknown, row: number, classCount: number): number {
  if (typeof label === 'number' && Number.isInteger(label) && label >= 0 && label < classCount) {
    return label;
  }
  throw new UserError(
    'SCORE_LABEL_INVALID',
    `The label of row ${row} is ${kindOf(label)}; with ${classCount} classes it must be a whole ` +
      `number from 0 to ${classCount - 1}.`,
    { details: { row } },
  );
}

function parseLogits(rows: readonly unknown[], classCount: number): Float64Array {
  // Every row is measured before memory is taken for all of them.
  for (const [row, logits] of rows.entries()) {
    if (Array.isArray(logits) && logits.length === classCount) continue;
    const found = Array.isArray(logits) ? `has ${logits.length} logits` : `is ${kindOf(logits)}`;
    throw new UserError(
      'SCORE_ROW_INVALID',
      `Row ${row} ${found}; every row must be a list of ${classCount} logits, one a class.`,
      { details: { row } },
    );
  }
  const flat = new Float64Array(rows.length * classCount);
  for (const [row, logits] of (rows as unknown[][]).entries()) {
    for (const [k, logit] of logits.entries()) {
      if (typeof logit !== 'number' || !Number.isFinite(logit)) {
        throw new UserError(
          'SCORE_LOGIT_INVALID',
          `The logit of row ${row} for class ${k} is ${kindOf(logit)}; it must be a finite number. ` +
            'Look for NaN or overflow where the predictions were made.',
          { details: { row, classIndex: k } },
        );
      }
      flat[row * classCount + k] = logit;
    }
  }
  return flat;
}

/** What a value is, in words that never repeat more than a number of it. */
function kindOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return value === undefined
    ? 'missing'
    : typeof value === 'object'
      ? 'an object'
      : `a ${typeof value}`;
}
