/** Starts an evaluation: checkpoint, dataset, split and engine, each in the address too. */
import { useQuery } from 'urql';
import { graphql } from '../gql';
import { Loaded } from '../ui/loaded';
import { PageHead } from '../ui/page-head';
import { Panel } from '../ui/panel';
import { NewRunForm } from './new-run-form';

const CHOICES = graphql(`
  query RunChoices {
    checkpoints(first: 100) {
      nodes {
        ...CheckpointChoice
      }
    }
    datasets(first: 100) {
      ...DatasetChoice
    }
  }
`);

export default function NewRun() {
  const [query] = useQuery({ query: CHOICES, requestPolicy: 'cache-and-network' });
  return (
    <>
      <PageHead
        title="Run an evaluation"
        lead="Every sample of the split goes through the checkpoint; predictions and scores are kept."
      />
      <Panel title="What to evaluate, and on what">
        <Loaded query={query} rows={6}>
          {({ checkpoints, datasets }) => (
            <NewRunForm checkpoints={checkpoints.nodes} datasets={datasets} />
          )}
        </Loaded>
      </Panel>
    </>
  );
}
