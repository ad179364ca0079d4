/** Each time of an alias as a level of its two figures; the bands are their intervals. */
import { useState } from 'react';
import { Plot, type Scales } from '../charts/line/plot';
import type { AliasPointFragment } from '../gql/graphql';
import { moment, percent } from '../ui/format';
import { shortMoment } from './short-moment';

interface Level {
  from: number;
  to: number;
  value: number;
  lower: number;
  upper: number;
  /** Of the checkpoint. */
  name: string;
  at: string;
}

const SERIES = [
  { metric: 'ACCURACY', field: 'accuracy', label: 'accuracy', colour: 'var(--series-1)' },
  { metric: 'MACRO_F1', field: 'macroF1', label: 'macro-F1', colour: 'var(--series-2)' },
] as const;

type Series = (typeof SERIES)[number];

/** Above the highest and below the lowest bound, of their distance. */
const AIR = 0.15;
/** A single figure without an interval has none. */
const MIN_AIR = 0.005;

interface TrendChartProps {
  alias: string;
  points: readonly AliasPointFragment[];
}

export function TrendChart({ alias, points }: TrendChartProps) {
  const [now] = useState(Date.now);
  const levels = SERIES.map((series) => ({ series, levels: levelsOf(points, series, now) }));
  const all = levels.flatMap((one) => one.levels);
  const least = Math.min(...all.map(({ lower }) => lower));
  const most = Math.max(...all.map(({ upper }) => upper));
  const air = Math.max((most - least) * AIR, MIN_AIR);
  const from = Math.min(...all.map((level) => level.from));
  const newest = points.at(-1)?.result;
  return (
    <Plot
      title={`${alias} over time`}
      description={`Accuracy and macro-F1 of ${alias} over ${points.length} assignments; now ${percent(newest?.accuracy ?? 0)} and ${percent(newest?.macroF1 ?? 0)}. The figures are in its CSV.`}
      xLabel=""
      yLabel=""
      xTicks={3}
      format={(value) => percent(value, 1)}
      formatX={(value) => shortMoment(value, now - from)}
      xDomain={[from, now]}
      yDomain={[Math.max(0, least - air), Math.min(1, most + air)]}
      ratio={0.5}
      legend={<Legend />}
      csv={() => [
        ['series', 'from', 'checkpoint', 'value', 'lower', 'upper'],
        ...levels.flatMap((one) =>
          one.levels.map(({ at, name, value, lower, upper }) => [
            one.series.label,
            at,
            name,
            value,
            lower,
            upper,
          ]),
        ),
      ]}
    >
      {(scales) => levels.map((one) => <Levels key={one.series.metric} {...one} {...scales} />)}
    </Plot>
  );
}

function Levels({ series, levels, x, y }: Scales & { series: Series; levels: readonly Level[] }) {
  const { colour, label } = series;
  const line = levels
    .map(({ from, to, value }, index) => {
      const height = y(value);
      return `${index === 0 ? 'M' : 'L'}${x(from)} ${height}L${x(to)} ${height}`;
    })
    .join('');
  return (
    <g>
      {levels.map(({ from, to, value, lower, upper, name, at }) => (
        <rect
          key={at}
          x={x(from)}
          width={Math.max(x(to) - x(from), 2)}
          y={y(upper)}
          height={Math.max(y(lower) - y(upper), 1)}
          fill={colour}
          fillOpacity={0.16}
        >
          <title>
            {`${label} ${percent(value)} (${percent(lower)} to ${percent(upper)}), ${name}, from ${moment(at)}`}
          </title>
        </rect>
      ))}
      <path className="plot-line" d={line} stroke={colour} pointerEvents="none" />
    </g>
  );
}

function Legend() {
  return (
    <ul className="plot-legend">
      {SERIES.map(({ label, colour }) => (
        <li key={label}>
          <span className="key" style={{ background: colour }} />
          {label}
        </li>
      ))}
    </ul>
  );
}

function levelsOf(
  points: readonly AliasPointFragment[],
  { metric, field }: Series,
  now: number,
): Level[] {
  return points.map(({ assignedAt, endedAt, result }) => {
    const value = result[field];
    const interval = result.intervals.find((one) => one.metric === metric);
    return {
      from: Date.parse(assignedAt),
      to: endedAt ? Date.parse(endedAt) : now,
      value,
      lower: interval?.lower ?? value,
      upper: interval?.upper ?? value,
      name: result.checkpoint.name,
      at: assignedAt,
    };
  });
}
