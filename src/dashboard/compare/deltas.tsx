/** Each scalar of both, their difference, and the interval of that by paired bootstrap. */
import { scaleLinear } from 'd3-scale';
import { deltaText, isBetter, METRICS, METRIC_NAMES, metricText } from '../charts/metrics';
import { SaveMenu } from '../charts/save/save-menu';
import { graphql } from '../gql';
import type { DeltasFragment } from '../gql/graphql';
import { integer, percent } from '../ui/format';
import { Panel } from '../ui/panel';

export const DELTAS = graphql(`
  fragment Deltas on ResultComparison {
    level
    resamples
    deltas {
      metric
      baseline
      candidate
      delta
      lower
      upper
    }
  }
`);

type Delta = DeltasFragment['deltas'][number];

const BAR_WIDTH = 180;
const BAR_HEIGHT = 20;

export function Deltas({ comparison }: { comparison: DeltasFragment }) {
  const { level, resamples } = comparison;
  const deltas = METRIC_NAMES.flatMap((name) =>
    comparison.deltas.filter(({ metric, delta }) => metric === name && delta !== null),
  );
  const csv = () => [
    ['metric', 'baseline', 'candidate', 'delta', 'lower', 'upper'],
    ...deltas.map(({ metric, baseline, candidate, delta, lower, upper }) => [
      metric,
      baseline,
      candidate,
      delta,
      lower,
      upper,
    ]),
  ];
  return (
    <Panel title="Differences" actions={<SaveMenu title="Differences" rows={csv} />}>
      <div
        className="table-frame"
        tabIndex={0}
        role="region"
        aria-label="Differences of the scores"
      >
        <table>
          <thead>
            <tr>
              <th scope="col">Score</th>
              <th scope="col" className="number">
                Baseline
              </th>
              <th scope="col" className="number">
                Candidate
              </th>
              <th scope="col" className="number">
                Difference
              </th>
              <th scope="col" className="number">
                {percent(level, 0)} interval
              </th>
              <th scope="col">
                <span className="hidden">Drawn</span>
              </th>
              <th scope="col">Meaning</th>
            </tr>
          </thead>
          <tbody>
            {deltas.map((row) => (
              <tr key={row.metric}>
                <th scope="row">{METRICS[row.metric].label}</th>
                <td className="number">{text(row, row.baseline)}</td>
                <td className="number">{text(row, row.candidate)}</td>
                <td className="number">{deltaText(row.metric, row.delta ?? 0)}</td>
                <td className="number">
                  {row.lower !== null && row.upper !== null
                    ? `${deltaText(row.metric, row.lower)} to ${deltaText(row.metric, row.upper)}`
                    : '–'}
                </td>
                <td>
                  <Whisker row={row} farthest={farthestOf(deltas, METRICS[row.metric].unit)} />
                </td>
                <td>{meaning(row)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="note">
        Differences of shares are in percentage points. Intervals are percentiles of{' '}
        {integer(resamples)} paired bootstrap samples; scores that rank or bin have none.
      </p>
    </Panel>
  );
}

const text = ({ metric }: Delta, value: number | null) =>
  value === null ? '–' : metricText(metric, value);

/** Where the interval holds 0, the samples do not tell the two apart by this score. */
function meaning({ metric, delta, lower, upper }: Delta) {
  if (delta === null || lower === null || upper === null) return '';
  if (lower <= 0 && upper >= 0) return <span className="soft">may be chance</span>;
  return isBetter(metric, delta) ? (
    <span className="is-good">better</span>
  ) : (
    <span className="is-bad">worse</span>
  );
}

/** The scale of all rows in one unit, so that their lengths compare. */
function farthestOf(deltas: readonly Delta[], unit: 'share' | 'plain'): number {
  const ends = deltas
    .filter(({ metric }) => METRICS[metric].unit === unit)
    .flatMap(({ delta, lower, upper }) => [delta, lower, upper])
    .map((end) => Math.abs(end ?? 0));
  return Math.max(...ends, Number.EPSILON);
}

function Whisker({ row, farthest }: { row: Delta; farthest: number }) {
  const { metric, delta, lower, upper } = row;
  const x = scaleLinear([-farthest, farthest], [4, BAR_WIDTH - 4]);
  const middle = BAR_HEIGHT / 2;
  const isClear = lower !== null && upper !== null && (lower > 0 || upper < 0);
  const tone = !isClear ? '' : isBetter(metric, delta ?? 0) ? 'whisker-good' : 'whisker-bad';
  return (
    <svg className={`whisker ${tone}`} width={BAR_WIDTH} height={BAR_HEIGHT} aria-hidden="true">
      <line className="whisker-zero" x1={x(0)} x2={x(0)} y1={0} y2={BAR_HEIGHT} />
      {lower !== null && upper !== null && (
        <line className="whisker-range" x1={x(lower)} x2={x(upper)} y1={middle} y2={middle} />
      )}
      <circle cx={x(delta ?? 0)} cy={middle} r={3} />
    </svg>
  );
}
