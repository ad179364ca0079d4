/** Several candidates against one baseline, with p-values that bear their number; one of them is looked at closer. */
import { useQuery } from 'urql';
import { SaveMenu } from '../charts/save/save-menu';
import { graphql } from '../gql';
import type { CompareManyQuery } from '../gql/graphql';
import { Link } from '../router/link';
import { pathTo } from '../router/routes';
import { percent, pValue, signed } from '../ui/format';
import { Loaded } from '../ui/loaded';
import { Panel } from '../ui/panel';
import { VerdictWord } from './verdict';

const COMPARE_MANY = graphql(`
  query CompareMany($baseline: ID!, $candidates: [ID!]!) {
    compareManyResults(baselineId: $baseline, candidateIds: $candidates) {
      rows {
        delta
        pValue
        adjustedPValue
        verdict
        result {
          id
          accuracy
          macroF1
          checkpoint {
            id
            name
          }
        }
      }
    }
  }
`);

type Row = CompareManyQuery['compareManyResults']['rows'][number];

interface ManyProps {
  baseline: string;
  /** The one that the panels below are about. */
  closer: string;
  others: readonly string[];
  onCloser: (id: string) => void;
  onRemove: (id: string) => void;
}

export function Many({ baseline, closer, others, onCloser, onRemove }: ManyProps) {
  const [query] = useQuery({
    query: COMPARE_MANY,
    // By id, so that a closer look at another one asks nothing anew.
    variables: { baseline, candidates: [closer, ...others].sort() },
  });
  const rows = bestFirst(query.data?.compareManyResults.rows ?? []);
  return (
    <Panel
      title="All candidates"
      actions={<SaveMenu title="All candidates" rows={() => csvOf(rows)} />}
    >
      <Loaded query={query} rows={others.length + 2}>
        {({ compareManyResults }) => (
          <div className="table-frame" tabIndex={0} role="region" aria-label="Table of candidates">
            <table>
              <thead>
                <tr>
                  <th scope="col">Checkpoint</th>
                  <th scope="col" className="number">
                    Accuracy
                  </th>
                  <th scope="col" className="number">
                    Macro-F1
                  </th>
                  <th scope="col" className="number">
                    Accuracy, points
                  </th>
                  <th scope="col" className="number">
                    p
                  </th>
                  <th scope="col" className="number">
                    p, Holm
                  </th>
                  <th scope="col">Verdict</th>
                  <th scope="col">
                    <span className="hidden">Actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {bestFirst(compareManyResults.rows).map((row) => (
                  <Line
                    key={row.result.id}
                    row={row}
                    isCloser={row.result.id === closer}
                    onCloser={onCloser}
                    onRemove={onRemove}
                  />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
      <p className="note">
        Exact McNemar tests of the accuracy against the baseline; Holm’s correction is for the
        number of candidates, and the verdict is by it, at 0.05.
      </p>
    </Panel>
  );
}

/** Behind the baseline. */
function bestFirst([baseline, ...candidates]: readonly Row[]): Row[] {
  if (baseline === undefined) return [];
  return [baseline, ...candidates.sort((a, b) => b.delta - a.delta)];
}

interface LineProps extends Pick<ManyProps, 'onCloser' | 'onRemove'> {
  row: Row;
  isCloser: boolean;
}

function Line({ row, isCloser, onCloser, onRemove }: LineProps) {
  const { result, delta, pValue: p, adjustedPValue, verdict } = row;
  const { id, checkpoint } = result;
  return (
    <tr aria-current={isCloser}>
      <th scope="row">
        <Link to={pathTo('result', { id })}>{checkpoint.name}</Link>
        {verdict === null && <span className="chip">baseline</span>}
        {isCloser && <span className="chip">below</span>}
      </th>
      <td className="number">{percent(result.accuracy)}</td>
      <td className="number">{percent(result.macroF1)}</td>
      <td className="number">{verdict === null ? '–' : signed(delta, 2)}</td>
      <td className="number">{p === null ? '–' : pValue(p)}</td>
      <td className="number">{adjustedPValue === null ? '–' : pValue(adjustedPValue)}</td>
      <td>{verdict === null ? '–' : <VerdictWord verdict={verdict} />}</td>
      <td>
        {verdict !== null && !isCloser && (
          <span className="row-actions">
            <button
              type="button"
              className="as-link"
              aria-label={`Look closer at ${checkpoint.name}`}
              onClick={() => {
                onCloser(id);
              }}
            >
              Look closer
            </button>
            <button
              type="button"
              className="as-link"
              aria-label={`Take out ${checkpoint.name}`}
              onClick={() => {
                onRemove(id);
              }}
            >
              Take out
            </button>
          </span>
        )}
      </td>
    </tr>
  );
}

function csvOf(rows: readonly Row[]) {
  return [
    ['resultId', 'checkpoint', 'accuracy', 'macroF1', 'delta', 'pValue', 'adjustedPValue'].concat(
      'verdict',
    ),
    ...rows.map(({ result, delta, pValue: p, adjustedPValue, verdict }) => [
      result.id,
      result.checkpoint.name,
      result.accuracy,
      result.macroF1,
      delta,
      p,
      adjustedPValue,
      verdict,
    ]),
  ];
}
