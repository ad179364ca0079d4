/** The metrics of each class; the weakest are what most readers look for. */
import { useState } from 'react';
import { SaveMenu } from '../charts/save/save-menu';
import { useChoice } from '../router/choice';
import { setSearchParams } from '../router/location';
import { decimal, integer, percent } from '../ui/format';
import { Panel } from '../ui/panel';

export interface ClassMetric {
  classIndex: number;
  className: string;
  precision: number;
  recall: number;
  f1: number;
  support: number;
  rocAuc?: number | null;
  averagePrecision?: number | null;
  recallInterval?: { lower: number; upper: number } | null;
}

const COLUMNS = [
  { key: 'className', label: 'Class' },
  { key: 'precision', label: 'Precision' },
  { key: 'recall', label: 'Recall' },
  { key: 'f1', label: 'F1' },
  { key: 'rocAuc', label: 'ROC AUC' },
  { key: 'averagePrecision', label: 'Average precision' },
  { key: 'support', label: 'Support' },
] as const;

type Column = (typeof COLUMNS)[number]['key'];

/** So many rows at first: the page of 1,000 classes stays quick. */
const FIRST_ROWS = 50;

export function Classes({ metrics }: { metrics: readonly ClassMetric[] }) {
  const [by, setBy] = useChoice<Column | 'classIndex'>('classes', [
    'classIndex',
    ...COLUMNS.map(({ key }) => key),
  ]);
  const [direction, setDirection] = useChoice('direction', ['asc', 'desc']);
  const [showsAll, setShowsAll] = useState(false);
  const sign = direction === 'asc' ? 1 : -1;
  const sorted = metrics.toSorted(
    (a, b) => sign * compare(a[by], b[by]) || a.classIndex - b.classIndex,
  );
  const rows = showsAll ? sorted : sorted.slice(0, FIRST_ROWS);
  const csv = () => [
    [...COLUMNS.map(({ key }) => key), 'recallLower', 'recallUpper'],
    ...sorted.map((metric) => [
      ...COLUMNS.map(({ key }) => metric[key]),
      metric.recallInterval?.lower,
      metric.recallInterval?.upper,
    ]),
  ];
  const sortBy = (column: Column) => {
    if (column !== by) setBy(column);
    setDirection(column === by && direction === 'asc' ? 'desc' : 'asc');
  };
  return (
    <Panel title="Classes" actions={<SaveMenu title="Classes" rows={csv} />}>
      <div className="table-frame" tabIndex={0} role="region" aria-label="Metrics of each class">
        <table>
          <thead>
            <tr>
              {COLUMNS.map(({ key, label }) => (
                <th
                  key={key}
                  scope="col"
                  className={key === 'className' ? '' : 'number'}
                  aria-sort={key !== by ? 'none' : direction === 'asc' ? 'ascending' : 'descending'}
                >
                  <button
                    type="button"
                    className="sort"
                    onClick={() => {
                      sortBy(key);
                    }}
                  >
                    {label}
                    <span aria-hidden="true">
                      {key !== by ? '' : direction === 'asc' ? '↑' : '↓'}
                    </span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((metric) => (
              <tr key={metric.classIndex}>
                <th scope="row">
                  <button
                    type="button"
                    className="as-link"
                    title={`Wrong samples of ${metric.className}`}
                    onClick={() => {
                      openErrors(metric.classIndex);
                    }}
                  >
                    {metric.className}
                  </button>
                </th>
                <td className="number">{percent(metric.precision, 1)}</td>
                <td className="number">
                  {percent(metric.recall, 1)}{' '}
                  {metric.recallInterval && (
                    <span className="soft">
                      {percent(metric.recallInterval.lower, 1)} to{' '}
                      {percent(metric.recallInterval.upper, 1)}
                    </span>
                  )}
                </td>
                <td className="number">{percent(metric.f1, 1)}</td>
                <td className="number">{optional(metric.rocAuc)}</td>
                <td className="number">{optional(metric.averagePrecision)}</td>
                <td className="number">{integer(metric.support)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length < sorted.length && (
        <nav className="pages" aria-label="More classes">
          <button
            type="button"
            onClick={() => {
              setShowsAll(true);
            }}
          >
            Show all {integer(sorted.length)} classes
          </button>
        </nav>
      )}
    </Panel>
  );
}

function openErrors(classIndex: number): void {
  setSearchParams({
    true: String(classIndex),
    predicted: undefined,
    only: 'wrong',
    after: undefined,
  });
  document.getElementById('samples')?.scrollIntoView({ block: 'start' });
}

const optional = (value: number | null | undefined) =>
  value === null || value === undefined ? '–' : decimal(value);

type Value = string | number | null | undefined;

/** What is not defined comes first when rising. */
function compare(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return a.localeCompare(b);
  return Number(a ?? -1) - Number(b ?? -1);
}
