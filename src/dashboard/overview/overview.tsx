/** The first room: what runs and ran lately, and which checkpoint is the best. */
import { useQuery } from 'urql';
import { graphql } from '../gql';
import type { RunRowFragment } from '../gql/graphql';
import { RunTable } from '../live/run-table';
import { Link } from '../router/link';
import { pathTo } from '../router/routes';
import { Loaded } from '../ui/loaded';
import { PageHead } from '../ui/page-head';
import { Panel } from '../ui/panel';
import { useRefresh } from '../ui/use-refresh';
import { Board } from './board';
import { Start } from './start';

const OVERVIEW = graphql(`
  query Overview {
    evaluationRuns(first: 8) {
      nodes {
        ...RunRow
      }
    }
    checkpoints(first: 1) {
      nodes {
        id
      }
    }
    datasets(first: 100) {
      ...BoardDataset
    }
  }
`);

/** Runs that others start; those on the page are told of by subscription. */
const REFRESH_MS = 5_000;

export function Overview() {
  const [query, ask] = useQuery({ query: OVERVIEW, requestPolicy: 'cache-and-network' });
  useRefresh(ask, REFRESH_MS);
  const askAgain = () => {
    ask({ requestPolicy: 'network-only' });
  };
  return (
    <>
      <PageHead
        title="Overview"
        actions={
          <Link className="button primary" to={pathTo('newRun')}>
            Run an evaluation
          </Link>
        }
      />
      <Loaded query={query} rows={16}>
        {({ evaluationRuns: { nodes }, checkpoints, datasets }) =>
          nodes.length === 0 ? (
            <Start hasCheckpoint={checkpoints.nodes.length > 0} />
          ) : (
            <>
              <Panel title="Latest runs" actions={<Link to={pathTo('runs')}>All runs</Link>}>
                <RunTable runs={nodes} onEnd={askAgain} />
              </Panel>
              <Board datasets={datasets} newest={newestOf(nodes)} />
            </>
          )
        }
      </Loaded>
    </>
  );
}

function newestOf(runs: readonly RunRowFragment[]) {
  const run = runs.find(({ result }) => result);
  return run && { id: run.id, datasetId: run.dataset.id, split: run.split };
}
