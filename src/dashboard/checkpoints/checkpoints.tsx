/** All checkpoints, and the way to bring a new one. */
import { useQuery } from 'urql';
import { graphql } from '../gql';
import { useSearchParam } from '../router/location';
import { Empty } from '../ui/empty';
import { Loaded } from '../ui/loaded';
import { PageHead } from '../ui/page-head';
import { Pager, usePage } from '../ui/pager';
import { Panel } from '../ui/panel';
import { CheckpointTable } from './checkpoint-table';
import { DropZone } from './drop-zone';
import { NameFilter } from './name-filter';
import './checkpoints.css';

const CHECKPOINTS = graphql(`
  query Checkpoints(
    $filter: CheckpointFilter
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    checkpoints(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      nodes {
        ...CheckpointRow
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

const PAGE_SIZE = 25;

export default function Checkpoints() {
  const [name] = useSearchParam('name', '');
  const page = usePage(PAGE_SIZE);
  const [query] = useQuery({
    query: CHECKPOINTS,
    variables: { ...page, ...(name !== '' && { filter: { nameContains: name } }) },
    requestPolicy: 'cache-and-network',
  });
  return (
    <>
      <PageHead title="Checkpoints" />
      <Panel title="Upload">
        <DropZone />
      </Panel>
      <Panel title="Newest first" actions={<NameFilter key={name} name={name} />}>
        <Loaded query={query} rows={6}>
          {({ checkpoints: { nodes, pageInfo } }) => (
            <>
              {nodes.length === 0 ? (
                <Empty>
                  {name === ''
                    ? 'There is no checkpoint yet. Upload one above, or register one from the terminal.'
                    : `No checkpoint has “${name}” in its name.`}
                </Empty>
              ) : (
                <CheckpointTable checkpoints={nodes} />
              )}
              <Pager pageInfo={pageInfo} label="Pages of checkpoints" />
            </>
          )}
        </Loaded>
      </Panel>
    </>
  );
}
