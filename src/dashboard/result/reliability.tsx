/** Whether probabilities mean what they say: accuracy beside mean confidence, bin by bin. */
import { Plot } from '../charts/line/plot';
import { graphql } from '../gql';
import type { BinsFragment } from '../gql/graphql';
import { integer, percent } from '../ui/format';
import { Panel } from '../ui/panel';

export const BINS = graphql(`
  fragment Bins on EvaluationResult {
    expectedCalibrationError
    reliability {
      lower
      upper
      count
      accuracy
      meanConfidence
    }
  }
`);

const whole = (value: number) => percent(value, 0);

export function Reliability({ result }: { result: BinsFragment }) {
  const { reliability: bins, expectedCalibrationError: error } = result;
  if (bins.length === 0) {
    return (
      <Panel title="Calibration">
        <p className="note">This result is from before calibration was stored. Evaluate again.</p>
      </Panel>
    );
  }
  const most = Math.max(...bins.map(({ count }) => count));
  const all = bins.reduce((sum, { count }) => sum + count, 0);
  const csv = () => [
    ['lower', 'upper', 'count', 'accuracy', 'meanConfidence'],
    ...bins.map(({ lower, upper, count, accuracy, meanConfidence }) => [
      lower,
      upper,
      count,
      accuracy,
      meanConfidence,
    ]),
  ];
  return (
    <Panel title="Calibration">
      <div className="panel-body side-by-side">
        <Plot
          title="Reliability diagram"
          description={`Reliability diagram of ${bins.length} bins${error === null ? '' : `; expected calibration error ${percent(error)}`}. The figures are in its CSV.`}
          xLabel="Probability of the predicted class"
          yLabel="Share that was right"
          format={whole}
          csv={csv}
          legend={
            <ul className="plot-legend">
              <li>
                <span className="key" style={{ background: 'var(--series-1)' }} />
                share that was right
              </li>
              <li>
                <span className="key" style={{ background: 'var(--series-2)' }} />
                gap to the mean confidence
              </li>
            </ul>
          }
        >
          {({ x, y }) => (
            <>
              {bins.map(({ lower, upper, count, accuracy, meanConfidence }) => {
                if (accuracy === null) return null;
                const confidence = meanConfidence ?? accuracy;
                const left = x(lower) + 1;
                const width = x(upper) - x(lower) - 2;
                return (
                  <g key={lower}>
                    <title>
                      {`${whole(lower)} to ${whole(upper)}: ${integer(count)} samples, ${percent(accuracy, 1)} right at a mean confidence of ${percent(confidence, 1)}`}
                    </title>
                    <rect
                      className="plot-bar"
                      x={left}
                      width={width}
                      y={y(accuracy)}
                      height={y(0) - y(accuracy)}
                    />
                    <rect
                      className="plot-gap"
                      x={left}
                      width={width}
                      y={y(Math.max(accuracy, confidence))}
                      height={Math.abs(y(accuracy) - y(confidence))}
                    />
                  </g>
                );
              })}
              <path className="plot-reference" d={`M${x(0)} ${y(0)}L${x(1)} ${y(1)}`} />
            </>
          )}
        </Plot>
        <Plot
          title="Confidence histogram"
          description={`How many of ${integer(all)} samples have which probability.`}
          xLabel="Probability of the predicted class"
          yLabel="Share of the samples"
          format={whole}
          yDomain={[0, most / all]}
          csv={csv}
        >
          {({ x, y }) =>
            bins.map(({ lower, upper, count }) => (
              <rect
                key={lower}
                className="plot-bar-soft"
                x={x(lower) + 1}
                width={x(upper) - x(lower) - 2}
                y={y(count / all)}
                height={y(0) - y(count / all)}
              >
                <title>{`${whole(lower)} to ${whole(upper)}: ${integer(count)} samples`}</title>
              </rect>
            ))
          }
        </Plot>
      </div>
    </Panel>
  );
}
