/** One run: its progress while it runs, then where its result is or why there is none. */
import { useQuery } from 'urql';
import { graphql } from '../gql';
import { Loaded } from '../ui/loaded';
import { PageHead } from '../ui/page-head';
import { RunView } from './run-view';

const RUN = graphql(`
  query Run($id: ID!) {
    evaluationRun(id: $id) {
      ...RunDetail
    }
  }
`);

export default function Run({ id }: { id: string }) {
  const [query, ask] = useQuery({
    query: RUN,
    variables: { id },
    requestPolicy: 'cache-and-network',
  });
  return (
    <Loaded query={query} rows={8} head={<PageHead title="Run" lead={<code>{id}</code>} />}>
      {({ evaluationRun }) => (
        <RunView
          run={evaluationRun}
          onEnd={() => {
            ask({ requestPolicy: 'network-only' });
          }}
        />
      )}
    </Loaded>
  );
}
