/** ROC and precision-recall curves of classes, each against the rest; up to six stand out. */
import { useQuery } from 'urql';
import { pathThrough, Plot } from '../charts/line/plot';
import { graphql } from '../gql';
import { setSearchParams, useSearch } from '../router/location';
import { decimal, percent } from '../ui/format';
import { Loaded } from '../ui/loaded';
import { Panel } from '../ui/panel';
import type { ClassMetric } from './classes';

const CURVES = graphql(`
  query Curves($id: ID!, $classes: [Int!], $isRoc: Boolean!) {
    evaluationResult(id: $id) {
      id
      rocCurves(classIndexes: $classes) @include(if: $isRoc) {
        ...Curve
      }
      precisionRecallCurves(classIndexes: $classes) @skip(if: $isRoc) {
        ...Curve
      }
    }
  }

  fragment Curve on ClassCurve {
    classIndex
    className
    area
    points {
      x
      y
      threshold
    }
  }
`);

const KINDS = {
  roc: {
    title: 'ROC',
    area: 'ROC AUC',
    xLabel: 'False positive rate',
    yLabel: 'True positive rate',
  },
  pr: {
    title: 'Precision and recall',
    area: 'average precision',
    xLabel: 'Recall',
    yLabel: 'Precision',
  },
} as const;

const COLOURS = [1, 2, 3, 4, 5, 6].map((series) => `var(--series-${series})`);
const MAX_CHOSEN = COLOURS.length;
const DEFAULT_CHOSEN = 3;
/** What the service draws at once. */
const MAX_DRAWN = 20;

interface CurvesProps {
  resultId: string;
  kind: keyof typeof KINDS;
  metrics: readonly ClassMetric[];
}

export function Curves({ resultId, kind, metrics }: CurvesProps) {
  const { title, area, xLabel, yLabel } = KINDS[kind];
  const chosen = chosenIn(useSearch().get('curves'), metrics);
  const isRoc = kind === 'roc';
  const [query] = useQuery({
    query: CURVES,
    variables: { id: resultId, isRoc, classes: metrics.length <= MAX_DRAWN ? null : chosen },
  });
  const choose = (classes: readonly number[]) => {
    setSearchParams({ curves: classes.join(',') });
  };
  return (
    <Panel
      title={title}
      actions={
        <label className="choice">
          <span>Add a class</span>
          <select
            value=""
            disabled={chosen.length >= MAX_CHOSEN}
            onChange={({ target }) => {
              choose([...chosen, Number(target.value)]);
            }}
          >
            <option value="" disabled>
              {chosen.length >= MAX_CHOSEN ? `at most ${MAX_CHOSEN}` : 'choose'}
            </option>
            {metrics
              .filter(({ classIndex }) => !chosen.includes(classIndex))
              .map(({ classIndex, className }) => (
                <option key={classIndex} value={classIndex}>
                  {className}
                </option>
              ))}
          </select>
        </label>
      }
    >
      <div className="panel-body curves">
        <Loaded query={query} rows={9}>
          {({ evaluationResult }) => {
            const curves =
              evaluationResult?.rocCurves ?? evaluationResult?.precisionRecallCurves ?? [];
            const shown = chosen.flatMap((index) =>
              curves.filter(({ classIndex }) => classIndex === index),
            );
            const csv = () => [
              [
                'classIndex',
                'className',
                isRoc ? 'falsePositiveRate' : 'recall',
                isRoc ? 'truePositiveRate' : 'precision',
                'threshold',
              ],
              ...curves.flatMap(({ classIndex, className, points }) =>
                points.map(({ x, y, threshold }) => [classIndex, className, x, y, threshold]),
              ),
            ];
            return (
              <Plot
                title={`${title} curves`}
                description={`${title} curves: ${shown.map(({ className, area: value }) => `${className} ${areaText(value)}`).join(', ')} (${area}).`}
                xLabel={xLabel}
                yLabel={yLabel}
                format={(value) => percent(value, 0)}
                csv={csv}
                legend={
                  <ul className="plot-legend">
                    {shown.map(({ classIndex, className, area: value }, index) => (
                      <li key={classIndex}>
                        <button
                          type="button"
                          className="chip"
                          title={`Take ${className} out`}
                          onClick={() => {
                            choose(chosen.filter((one) => one !== classIndex));
                          }}
                        >
                          <span className="key" style={{ background: COLOURS[index] }} />
                          {className} {areaText(value)}
                          <span aria-hidden="true">×</span>
                        </button>
                      </li>
                    ))}
                  </ul>
                }
              >
                {(scales) => (
                  <>
                    {isRoc && (
                      <path
                        className="plot-reference"
                        d={pathThrough(
                          [
                            { x: 0, y: 0 },
                            { x: 1, y: 1 },
                          ],
                          scales,
                        )}
                      />
                    )}
                    {curves.map(({ classIndex, className, points }) => (
                      <path
                        key={classIndex}
                        className="plot-line-faint"
                        d={pathThrough(points, scales)}
                      >
                        <title>{className}</title>
                      </path>
                    ))}
                    {shown.map(({ classIndex, className, area: value, points }, index) => (
                      <path
                        key={classIndex}
                        className="plot-line"
                        stroke={COLOURS[index]}
                        d={pathThrough(points, scales)}
                      >
                        <title>{`${className}: ${area} ${areaText(value)}`}</title>
                      </path>
                    ))}
                  </>
                )}
              </Plot>
            );
          }}
        </Loaded>
      </div>
    </Panel>
  );
}

const areaText = (area: number | null | undefined) =>
  area === null || area === undefined ? 'not defined' : decimal(area, 3);

/** The classes with the least average precision, until others are chosen. */
function chosenIn(value: string | null, metrics: readonly ClassMetric[]): number[] {
  if (value === null) {
    return metrics
      .toSorted((a, b) => (a.averagePrecision ?? 2) - (b.averagePrecision ?? 2))
      .slice(0, DEFAULT_CHOSEN)
      .map(({ classIndex }) => classIndex);
  }
  const given = value
    .split(',')
    .filter((part) => /^\d+$/.test(part))
    .map(Number);
  return [...new Set(given)].filter((index) => index < metrics.length).slice(0, MAX_CHOSEN);
}
