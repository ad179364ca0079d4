/** The best result of each checkpoint on a split; those that can't be told from the first are marked. */
import { useEffect } from 'react';
import { useQuery } from 'urql';
import { METRICS, metricText } from '../charts/metrics';
import { graphql } from '../gql';
import type { LeaderboardQuery } from '../gql/graphql';
import { useChoice } from '../router/choice';
import { Link } from '../router/link';
import { pathTo } from '../router/routes';
import { Empty } from '../ui/empty';
import { ago, moment } from '../ui/format';
import { Loaded } from '../ui/loaded';
import { Panel } from '../ui/panel';
import { BOARD_METRICS, type BoardMetric } from './board-metrics';
import { IntervalBar, spanOf } from './interval-bar';

const LEADERBOARD = graphql(`
  query Leaderboard($datasetId: ID!, $split: String!, $metric: ResultMetric!) {
    leaderboard(datasetId: $datasetId, split: $split, metric: $metric, first: 10) {
      rank
      value
      interval {
        lower
        upper
      }
      tiedWithFirst
      result {
        id
        createdAt
        checkpoint {
          id
          name
          aliases
        }
      }
    }
  }
`);

type Entry = LeaderboardQuery['leaderboard'][number];

interface LeaderboardProps {
  datasetId: string;
  split: string;
  /** Of the newest result: where it changes the board is asked again. */
  newest: string | undefined;
}

export function Leaderboard({ datasetId, split, newest }: LeaderboardProps) {
  const [metric, setMetric] = useChoice<BoardMetric>('metric', BOARD_METRICS);
  const [query, ask] = useQuery({
    query: LEADERBOARD,
    variables: { datasetId, split, metric },
    requestPolicy: 'cache-and-network',
  });
  useEffect(() => {
    ask({ requestPolicy: 'network-only' });
  }, [newest, ask]);
  const addressOfAll = comparisonOf(query.data?.leaderboard ?? []);
  return (
    <Panel
      title="Leaderboard"
      actions={
        <>
          {addressOfAll !== undefined && <Link to={addressOfAll}>Compare all</Link>}
          <label>
            <span className="label">By</span>{' '}
            <select
              value={metric}
              onChange={({ target }) => {
                setMetric(target.value as BoardMetric);
              }}
            >
              {BOARD_METRICS.map((name) => (
                <option key={name} value={name}>
                  {METRICS[name].label}
                </option>
              ))}
            </select>
          </label>
        </>
      }
    >
      <Loaded query={query} rows={4}>
        {({ leaderboard }) =>
          leaderboard.length === 0 ? (
            <Empty>No result on this split has this figure yet.</Empty>
          ) : (
            <Board entries={leaderboard} metric={metric} />
          )
        }
      </Loaded>
    </Panel>
  );
}

/** Of the first with all others; undefined where a line's own link says the same. */
function comparisonOf([first, second, ...others]: readonly Entry[]): string | undefined {
  if (first === undefined || second === undefined || others.length === 0) return undefined;
  const also = others.map(({ result }) => result.id).join(',');
  const search = { baseline: first.result.id, candidate: second.result.id, also };
  return pathTo('compare', {}, search);
}

function Board({ entries, metric }: { entries: readonly Entry[]; metric: BoardMetric }) {
  const span = spanOf(entries);
  return (
    <div className="table-frame" tabIndex={0} role="region" aria-label="Table of leaderboard">
      <table>
        <thead>
          <tr>
            <th scope="col" className="number">
              Rank
            </th>
            <th scope="col">Checkpoint</th>
            <th scope="col" className="number">
              {METRICS[metric].label}
            </th>
            <th scope="col">95% interval</th>
            <th scope="col">Beside the first</th>
            <th scope="col">When</th>
            <th scope="col">
              <span className="hidden">Compare</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <Line key={entry.result.id} {...{ entry, metric, span }} first={entries[0]} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface LineProps {
  entry: Entry;
  first: Entry | undefined;
  metric: BoardMetric;
  span: readonly [number, number];
}

function Line({ entry, first, metric, span }: LineProps) {
  const { rank, value, interval, tiedWithFirst, result } = entry;
  const { checkpoint } = result;
  const isFirst = entry === first;
  const text = interval
    ? `${metricText(metric, interval.lower)} to ${metricText(metric, interval.upper)}`
    : 'no interval is stored';
  return (
    <tr>
      <td className="number">{rank}</td>
      <th scope="row">
        <Link to={pathTo('result', { id: result.id })}>{checkpoint.name}</Link>
        {checkpoint.aliases.map((alias) => (
          <span key={alias} className="chip">
            {alias}
          </span>
        ))}
      </th>
      <td className="number">{metricText(metric, value)}</td>
      <td>
        <IntervalBar {...{ value, span, text }} interval={interval ?? null} />
      </td>
      <td>{isFirst ? '–' : tiedWithFirst ? 'intervals overlap' : 'apart'}</td>
      <td title={moment(result.createdAt)}>{ago(result.createdAt)}</td>
      <td>
        {first !== undefined && !isFirst && (
          <Link
            to={pathTo('compare', {}, { baseline: first.result.id, candidate: result.id })}
            aria-label={`Compare ${checkpoint.name} with the first`}
          >
            Compare
          </Link>
        )}
      </td>
    </tr>
  );
}
