/** One checkpoint: what it is, what it is called, and what came of it. */
import { useQuery } from 'urql';
import { graphql } from '../gql';
import { Link } from '../router/link';
import { pathTo } from '../router/routes';
import { Loaded } from '../ui/loaded';
import { PageHead } from '../ui/page-head';
import { Panel } from '../ui/panel';
import { Aliases } from './aliases';
import { CheckpointFacts, MetadataPanel } from './checkpoint-facts';
import { ResultsOf } from './results-of';
import './checkpoints.css';

const CHECKPOINT = graphql(`
  query Checkpoint($id: ID!) {
    checkpoint(id: $id) {
      ...CheckpointFacts
      aliases
      deletedAt
      results(first: 50) {
        ...ResultOfCheckpoint
      }
    }
  }
`);

export default function Checkpoint({ id }: { id: string }) {
  const [query] = useQuery({
    query: CHECKPOINT,
    variables: { id },
    requestPolicy: 'cache-and-network',
  });
  return (
    <Loaded query={query} rows={12} head={<PageHead title="Checkpoint" lead={<code>{id}</code>} />}>
      {({ checkpoint }) => (
        <>
          <PageHead
            title={checkpoint.name}
            {...(checkpoint.deletedAt && { lead: 'deleted: it can not be evaluated any more' })}
            actions={
              !checkpoint.deletedAt && (
                <Link className="button primary" to={pathTo('newRun', {}, { checkpoint: id })}>
                  Evaluate it
                </Link>
              )
            }
          />
          <Panel title="Facts">
            <CheckpointFacts checkpoint={checkpoint} />
          </Panel>
          <Panel title="Aliases">
            <Aliases checkpointId={id} aliases={checkpoint.aliases} />
          </Panel>
          <Panel title="Results">
            <ResultsOf results={checkpoint.results} />
          </Panel>
          <MetadataPanel metadata={checkpoint.metadata} />
        </>
      )}
    </Loaded>
  );
}
