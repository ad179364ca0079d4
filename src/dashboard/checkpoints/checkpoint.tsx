/** One checkpoint: what it is, what it is called, and what came of it. */
import { useState } from 'react';
import { useQuery } from 'urql';
import { graphql } from '../gql';
import { Link } from '../router/link';
import { pathTo } from '../router/routes';
import { Loaded } from '../ui/loaded';
import { PageHead } from '../ui/page-head';
import { Panel } from '../ui/panel';
import { Aliases } from './aliases';
import { CheckpointFacts, MetadataPanel } from './checkpoint-facts';
import { Deletion } from './deletion';
import { Layers } from './layers';
import { Lineage } from './lineage';
import { ResultsOf } from './results-of';
import { WordsForm } from './words-form';
import './checkpoints.css';

const CHECKPOINT = graphql(`
  query Checkpoint($id: ID!) {
    checkpoint(id: $id) {
      ...CheckpointFacts
      ...CheckpointWords
      aliases
      deletedAt
      results(first: 50) {
        ...ResultOfCheckpoint
      }
    }
  }
`);

export default function Checkpoint({ id }: { id: string }) {
  const [editing, setEditing] = useState<'not yet' | 'now' | 'done'>('not yet');
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
          <Panel
            title="Facts"
            actions={
              editing !== 'now' && (
                <button
                  type="button"
                  // The button that closed the form is gone, and the keyboard goes on from here.
                  autoFocus={editing === 'done'}
                  onClick={() => {
                    setEditing('now');
                  }}
                >
                  Edit name, tags, notes, parent
                </button>
              )
            }
          >
            {editing === 'now' && (
              <WordsForm
                checkpoint={checkpoint}
                onDone={() => {
                  setEditing('done');
                }}
              />
            )}
            <CheckpointFacts checkpoint={checkpoint} />
          </Panel>
          <Panel title="Results">
            <ResultsOf results={checkpoint.results} />
          </Panel>
          <Panel title="Aliases">
            <Aliases checkpointId={id} aliases={checkpoint.aliases} />
          </Panel>
          <Layers checkpointId={id} />
          <Lineage checkpoint={checkpoint} />
          <MetadataPanel metadata={checkpoint.metadata} />
          <Panel title="Deletion">
            <Deletion id={id} isDeleted={Boolean(checkpoint.deletedAt)} />
          </Panel>
        </>
      )}
    </Loaded>
  );
}
