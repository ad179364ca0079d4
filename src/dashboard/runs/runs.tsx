/** All runs: what is under way, what has ended, and how. */
import { useQuery } from 'urql';
import { graphql } from '../gql';
import type { EvaluationRunState } from '../gql/graphql';
import { RunTable } from '../live/run-table';
import { useChoice } from '../router/choice';
import { Link } from '../router/link';
import { setSearchParams } from '../router/location';
import { pathTo } from '../router/routes';
import { Empty } from '../ui/empty';
import { Loaded } from '../ui/loaded';
import { PageHead } from '../ui/page-head';
import { Pager, usePage } from '../ui/pager';
import { Panel } from '../ui/panel';
import { useRefresh } from '../ui/use-refresh';

const RUNS = graphql(`
  query Runs(
    $filter: EvaluationRunFilter
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    evaluationRuns(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      nodes {
        ...RunRow
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`);

const SHOWN = ['all', 'active', 'succeeded', 'failed', 'cancelled'] as const;
const STATES: Readonly<Record<(typeof SHOWN)[number], EvaluationRunState[] | undefined>> = {
  all: undefined,
  active: ['QUEUED', 'RUNNING'],
  succeeded: ['SUCCEEDED'],
  failed: ['FAILED'],
  cancelled: ['CANCELLED'],
};
const PAGE_SIZE = 25;
/** Runs that others start; those on the page are told of by subscription. */
const REFRESH_MS = 5_000;

export default function Runs() {
  const [shown] = useChoice('state', SHOWN);
  const states = STATES[shown];
  const page = usePage(PAGE_SIZE);
  const [query, ask] = useQuery({
    query: RUNS,
    variables: { ...page, ...(states && { filter: { states } }) },
    requestPolicy: 'cache-and-network',
  });
  useRefresh(ask, REFRESH_MS);
  return (
    <>
      <PageHead title="Runs" actions={<NewRunLink />} />
      <Panel title="Newest first" actions={<StateChoice shown={shown} />}>
        <Loaded query={query} rows={10}>
          {({ evaluationRuns: { nodes, pageInfo } }) => (
            <>
              {nodes.length === 0 ? (
                <Empty action={<NewRunLink />}>
                  {shown === 'all' ? 'Nothing has run yet.' : 'No run is in this state.'}
                </Empty>
              ) : (
                <RunTable
                  runs={nodes}
                  onEnd={() => {
                    ask({ requestPolicy: 'network-only' });
                  }}
                />
              )}
              <Pager pageInfo={pageInfo} label="Pages of runs" />
            </>
          )}
        </Loaded>
      </Panel>
    </>
  );
}

function NewRunLink() {
  return (
    <Link className="button primary" to={pathTo('newRun')}>
      Run an evaluation
    </Link>
  );
}

function StateChoice({ shown }: { shown: string }) {
  return (
    <label>
      <span className="label">State</span>{' '}
      <select
        value={shown}
        onChange={({ target: { value } }) => {
          setSearchParams({
            state: value === 'all' ? undefined : value,
            after: undefined,
            before: undefined,
          });
        }}
      >
        {SHOWN.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  );
}
