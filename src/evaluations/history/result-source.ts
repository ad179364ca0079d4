/**
 * Turns a filter of results into what a page is read from. Rows are `evaluation_result r`. The indexes of
 * `EvaluationResult` serve each order alone, and each within a dataset's split; one by checkpoint and one by
 * dataset hold all that can be filtered by.
 */
import type { KeysetSource } from '../../pagination/keyset';
import type { SqlParameters } from '../../pagination/sql-parameters';
import type { EvaluationResultFilter } from './result-filter';
import { columnOf, type ResultOrderField } from './result-order';

/** Names of checkpoints are looked up first: for what they stand for the database knows how many rows to expect. */
export type ResultConditions = Omit<
  EvaluationResultFilter,
  'checkpointId' | 'checkpointDigest' | 'checkpointAlias'
> & { checkpointIds?: readonly string[] };

const FROM = 'evaluation_result r';

/** The splits on which a dataset has results: from one to the next in an index, however many results each has. */
const splitsOf = (dataset: string) => `(
  WITH RECURSIVE split AS (
    (SELECT r.split AS name FROM ${FROM} WHERE r.dataset_id = ${dataset} ORDER BY r.split LIMIT 1)
    UNION ALL
    SELECT (SELECT r.split FROM ${FROM} WHERE r.dataset_id = ${dataset} AND r.split > split.name
             ORDER BY r.split LIMIT 1)
      FROM split WHERE split.name IS NOT NULL)
  SELECT name FROM split WHERE name IS NOT NULL) one_split`;

export function resultSource(
  conditions: ResultConditions,
  by: ResultOrderField,
  parameters: SqlParameters,
): KeysetSource {
  const { checkpointIds, datasetId, split, engine } = conditions;
  const add = (value: string | null | undefined) =>
    typeof value === 'string' ? parameters.add(value) : undefined;
  const is = (column: string, placeholder: string | undefined) =>
    placeholder === undefined ? [] : [`r.${column} = ${placeholder}`];
  const dataset = add(datasetId);
  const place = [...is('dataset_id', dataset), ...is('split', add(split))];
  const ranges = rangesOf(conditions, by, parameters);
  const ofEngine = is('engine', add(engine));
  const rest = [...ofEngine, ...ranges.others];
  if (checkpointIds) {
    const isOne = checkpointIds.length === 1;
    return {
      from: FROM,
      where: [
        ...(isOne
          ? is('checkpoint_id', add(checkpointIds[0]))
          : [`r.checkpoint_id = ANY (${parameters.add(checkpointIds)})`]),
        ...ranges.own,
      ],
      filter: [...place, ...rest],
      few: !isOne || by !== 'createdAt',
    };
  }
  if (place.length === 2) return { from: FROM, where: [...place, ...ranges.own], filter: rest };
  if (place.length === 0) {
    const [where, filter] = by === 'createdAt' ? [ofEngine, ranges.others] : [[], rest];
    return { from: FROM, where: [...where, ...ranges.own], filter };
  }
  if (rest.length > 0) return { from: FROM, where: ranges.own, filter: [...place, ...rest] };
  const [groups, ofGroup] =
    dataset === undefined
      ? ['dataset one_dataset', 'r.dataset_id = one_dataset.id']
      : [splitsOf(dataset), 'r.split = one_split.name'];
  return { from: FROM, where: [...place, ofGroup, ...ranges.own], groups };
}

interface Ranges {
  /** Of the column that orders. */
  own: string[];
  others: string[];
}

function rangesOf(
  { createdAfter, createdBefore, metrics }: ResultConditions,
  by: ResultOrderField,
  parameters: SqlParameters,
): Ranges {
  const ranges: Ranges = { own: [], others: [] };
  const add = (field: ResultOrderField, comparison: string) =>
    (field === by ? ranges.own : ranges.others).push(`r.${columnOf(field)} ${comparison}`);
  if (createdAfter) add('createdAt', `> ${parameters.add(createdAfter)}`);
  if (createdBefore) add('createdAt', `< ${parameters.add(createdBefore)}`);
  for (const { metric, min, max } of metrics ?? []) {
    if (isNumber(min)) add(metric, `>= ${parameters.add(min)}`);
    if (isNumber(max)) add(metric, `<= ${parameters.add(max)}`);
    if (!isNumber(min) && !isNumber(max)) add(metric, 'IS NOT NULL');
  }
  return ranges;
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number';
}
