/** Every scalar with its interval, and what guessing would reach. */
import { graphql } from '../gql';
import type { ScoresFragment } from '../gql/graphql';
import { METRIC_NAMES, type MetricName, METRICS, metricText } from '../charts/metrics';
import { SaveMenu } from '../charts/save/save-menu';
import { percent } from '../ui/format';
import { Panel } from '../ui/panel';

export const SCORES = graphql(`
  fragment Scores on EvaluationResult {
    loss
    accuracy
    top2Accuracy
    top3Accuracy
    top5Accuracy
    balancedAccuracy
    macroPrecision
    macroRecall
    macroF1
    microF1
    weightedPrecision
    weightedRecall
    weightedF1
    cohenKappa
    matthewsCorrcoef
    rocAucMacro
    rocAucWeighted
    averagePrecisionMacro
    brierScore
    expectedCalibrationError
    intervals {
      metric
      method
      level
      lower
      upper
      resamples
    }
    dummyBaselines {
      strategy
      accuracy
      macroF1
      loss
    }
  }
`);

/** Large, above all others. */
const HEADLINES: readonly MetricName[] = [
  'ACCURACY',
  'MACRO_F1',
  'LOSS',
  'EXPECTED_CALIBRATION_ERROR',
];

const valueOf = (result: ScoresFragment, metric: MetricName) => result[METRICS[metric].field];

export function Scores({ result }: { result: ScoresFragment }) {
  const others = METRIC_NAMES.filter(
    (metric) => !HEADLINES.includes(metric) && valueOf(result, metric) !== null,
  );
  const level = result.intervals[0]?.level;
  const csv = () => [
    ['metric', 'value', 'method', 'level', 'lower', 'upper'],
    ...[...HEADLINES, ...others].map((metric) => {
      const interval = intervalOf(result, metric);
      return [
        metric,
        valueOf(result, metric),
        interval?.method,
        interval?.level,
        interval?.lower,
        interval?.upper,
      ];
    }),
  ];
  return (
    <Panel title="Scores" actions={<SaveMenu title="Scores" rows={csv} />}>
      <dl className="headlines">
        {HEADLINES.map((metric) => (
          <div key={metric}>
            <dt>{METRICS[metric].label}</dt>
            <dd className="headline">{valueText(result, metric)}</dd>
            <dd className="soft">{intervalText(result, metric)}</dd>
            <dd className="soft">{guessText(result, metric)}</dd>
          </div>
        ))}
      </dl>
      <dl className="scores">
        {others.map((metric) => (
          <div key={metric}>
            <dt>{METRICS[metric].label}</dt>
            <dd>
              {valueText(result, metric)}{' '}
              <span className="soft">{intervalText(result, metric)}</span>
            </dd>
          </div>
        ))}
      </dl>
      {level !== undefined && (
        <p className="note">
          Ranges are {percent(level, 0)} intervals: Wilson’s score interval for accuracy and top-k
          accuracy, a bootstrap for the rest.
        </p>
      )}
    </Panel>
  );
}

function valueText(result: ScoresFragment, metric: MetricName): string {
  const value = valueOf(result, metric);
  return value === null ? 'not defined' : metricText(metric, value);
}

/** Wilson's, where there are two. */
function intervalOf({ intervals }: ScoresFragment, metric: MetricName) {
  const found = intervals.filter((interval) => interval.metric === metric);
  return found.find(({ method }) => method === 'WILSON') ?? found[0];
}

function intervalText(result: ScoresFragment, metric: MetricName): string {
  const found = intervalOf(result, metric);
  return found === undefined
    ? ''
    : `${metricText(metric, found.lower)} to ${metricText(metric, found.upper)}`;
}

/** A figure means little without what no skill at all would reach. */
function guessText({ dummyBaselines }: ScoresFragment, metric: MetricName): string {
  const majority = dummyBaselines.find(({ strategy }) => strategy === 'MAJORITY_CLASS');
  if (majority === undefined) return '';
  const { accuracy, macroF1, loss } = majority;
  if (metric === 'ACCURACY') return `most frequent class: ${metricText(metric, accuracy)}`;
  if (metric === 'MACRO_F1') return `most frequent class: ${metricText(metric, macroF1)}`;
  if (metric === 'LOSS' && loss !== null) return `class frequencies: ${metricText(metric, loss)}`;
  return '';
}
