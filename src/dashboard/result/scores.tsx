/** Every scalar with its interval, and what guessing would reach. */
import { graphql } from '../gql';
import type { ResultMetric, ScoresFragment } from '../gql/graphql';
import { SaveMenu } from '../charts/save/save-menu';
import { decimal, percent } from '../ui/format';
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

interface Score {
  metric: ResultMetric;
  label: string;
  value: number | null | undefined;
  format: (value: number) => string;
}

const share = (value: number) => percent(value);
const plain = (value: number) => decimal(value);

function headlines(result: ScoresFragment): Score[] {
  return [
    { metric: 'ACCURACY', label: 'Accuracy', value: result.accuracy, format: share },
    { metric: 'MACRO_F1', label: 'Macro-F1', value: result.macroF1, format: share },
    { metric: 'LOSS', label: 'Loss', value: result.loss, format: plain },
    {
      metric: 'EXPECTED_CALIBRATION_ERROR',
      label: 'Calibration error',
      value: result.expectedCalibrationError,
      format: share,
    },
  ];
}

function others(result: ScoresFragment): Score[] {
  return [
    {
      metric: 'BALANCED_ACCURACY',
      label: 'Balanced accuracy',
      value: result.balancedAccuracy,
      format: share,
    },
    { metric: 'TOP2_ACCURACY', label: 'Top-2 accuracy', value: result.top2Accuracy, format: share },
    { metric: 'TOP3_ACCURACY', label: 'Top-3 accuracy', value: result.top3Accuracy, format: share },
    { metric: 'TOP5_ACCURACY', label: 'Top-5 accuracy', value: result.top5Accuracy, format: share },
    {
      metric: 'MACRO_PRECISION',
      label: 'Macro precision',
      value: result.macroPrecision,
      format: share,
    },
    { metric: 'MACRO_RECALL', label: 'Macro recall', value: result.macroRecall, format: share },
    { metric: 'MICRO_F1', label: 'Micro-F1', value: result.microF1, format: share },
    {
      metric: 'WEIGHTED_PRECISION',
      label: 'Weighted precision',
      value: result.weightedPrecision,
      format: share,
    },
    {
      metric: 'WEIGHTED_RECALL',
      label: 'Weighted recall',
      value: result.weightedRecall,
      format: share,
    },
    { metric: 'WEIGHTED_F1', label: 'Weighted F1', value: result.weightedF1, format: share },
    { metric: 'COHEN_KAPPA', label: "Cohen's kappa", value: result.cohenKappa, format: plain },
    {
      metric: 'MATTHEWS_CORRCOEF',
      label: 'Matthews correlation',
      value: result.matthewsCorrcoef,
      format: plain,
    },
    { metric: 'ROC_AUC_MACRO', label: 'ROC AUC, macro', value: result.rocAucMacro, format: plain },
    {
      metric: 'ROC_AUC_WEIGHTED',
      label: 'ROC AUC, weighted',
      value: result.rocAucWeighted,
      format: plain,
    },
    {
      metric: 'AVERAGE_PRECISION_MACRO',
      label: 'Average precision, macro',
      value: result.averagePrecisionMacro,
      format: plain,
    },
    { metric: 'BRIER_SCORE', label: 'Brier score', value: result.brierScore, format: plain },
  ];
}

export function Scores({ result }: { result: ScoresFragment }) {
  const shown = others(result).filter(({ value }) => value !== null && value !== undefined);
  const level = result.intervals[0]?.level;
  const csv = () => [
    ['metric', 'value', 'method', 'level', 'lower', 'upper'],
    ...[...headlines(result), ...shown].map(({ metric, value }) => {
      const interval = intervalOf(result, metric);
      return [metric, value, interval?.method, interval?.level, interval?.lower, interval?.upper];
    }),
  ];
  return (
    <Panel title="Scores" actions={<SaveMenu title="Scores" rows={csv} />}>
      <dl className="headlines">
        {headlines(result).map((score) => (
          <div key={score.metric}>
            <dt>{score.label}</dt>
            <dd className="headline">{shownValue(score)}</dd>
            <dd className="soft">{intervalText(result, score)}</dd>
            <dd className="soft">{guessText(result, score)}</dd>
          </div>
        ))}
      </dl>
      <dl className="scores">
        {shown.map((score) => (
          <div key={score.metric}>
            <dt>{score.label}</dt>
            <dd>
              {shownValue(score)} <span className="soft">{intervalText(result, score)}</span>
            </dd>
          </div>
        ))}
      </dl>
      {level !== undefined && (
        <p className="note">
          Ranges hold the true value in {percent(level, 0)} of such samples: Wilson’s score interval
          for accuracy, a bootstrap for the rest.
        </p>
      )}
    </Panel>
  );
}

const shownValue = ({ value, format }: Score) =>
  value === null || value === undefined ? 'not defined' : format(value);

/** Wilson's, where there are two. */
function intervalOf({ intervals }: ScoresFragment, metric: ResultMetric) {
  const found = intervals.filter((interval) => interval.metric === metric);
  return found.find(({ method }) => method === 'WILSON') ?? found[0];
}

function intervalText(result: ScoresFragment, { metric, format }: Score): string {
  const found = intervalOf(result, metric);
  return found === undefined ? '' : `${format(found.lower)} to ${format(found.upper)}`;
}

/** A figure means little without what no skill at all would reach. */
function guessText({ dummyBaselines }: ScoresFragment, { metric, format }: Score): string {
  const majority = dummyBaselines.find(({ strategy }) => strategy === 'MAJORITY_CLASS');
  if (majority === undefined) return '';
  if (metric === 'ACCURACY') return `most frequent class: ${format(majority.accuracy)}`;
  if (metric === 'MACRO_F1') return `most frequent class: ${format(majority.macroF1)}`;
  const { loss } = majority;
  return metric === 'LOSS' && loss !== null ? `class frequencies: ${format(loss)}` : '';
}
