/** What each alias was worth over time: accuracy and macro-F1 of what it meant, with their intervals. */
import { useQuery } from 'urql';
import { graphql } from '../gql';
import type { AliasPointFragment } from '../gql/graphql';
import { Link } from '../router/link';
import { pathTo } from '../router/routes';
import { Empty } from '../ui/empty';
import { Loaded } from '../ui/loaded';
import { Panel } from '../ui/panel';
import { TrendChart } from './trend-chart';

graphql(`
  fragment AliasPoint on AliasHistoryEntry {
    assignedAt
    endedAt
    result {
      id
      accuracy
      macroF1
      intervals {
        metric
        lower
        upper
      }
      checkpoint {
        id
        name
      }
    }
  }
`);

const ALIASES = graphql(`
  query TrendAliases {
    checkpointAliases(first: 6) {
      alias
    }
  }
`);

const HISTORY = graphql(`
  query Trend($alias: String!, $datasetId: ID!, $split: String!) {
    aliasHistory(alias: $alias, datasetId: $datasetId, split: $split, first: 50) {
      ...AliasPoint
    }
  }
`);

interface TrendsProps {
  datasetId: string;
  split: string;
}

export function Trends({ datasetId, split }: TrendsProps) {
  const [query] = useQuery({ query: ALIASES, requestPolicy: 'cache-and-network' });
  return (
    <Panel title="Aliases over time">
      <Loaded query={query} rows={8}>
        {({ checkpointAliases }) =>
          checkpointAliases.length === 0 ? (
            <Empty>
              No checkpoint has an alias yet. Give the best one a name such as champion on{' '}
              <Link to={pathTo('checkpoints')}>its page</Link>, and what it was worth over time is
              drawn here.
            </Empty>
          ) : (
            <div className="trends">
              {checkpointAliases.map(({ alias }) => (
                <Trend key={alias} {...{ alias, datasetId, split }} />
              ))}
            </div>
          )
        }
      </Loaded>
    </Panel>
  );
}

function Trend({ alias, datasetId, split }: TrendsProps & { alias: string }) {
  const [query] = useQuery({
    query: HISTORY,
    variables: { alias, datasetId, split },
    requestPolicy: 'cache-and-network',
  });
  return (
    <section className="trend" aria-label={`Over time: ${alias}`}>
      <h3>{alias}</h3>
      <Loaded query={query} rows={7}>
        {({ aliasHistory }) => {
          const points: readonly AliasPointFragment[] = aliasHistory;
          return points.length === 0 ? (
            <p className="note">It has no result on this split.</p>
          ) : (
            <TrendChart alias={alias} points={points} />
          );
        }}
      </Loaded>
    </section>
  );
}
