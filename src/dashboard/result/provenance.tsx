/** What a result was made of and by: enough to make it again. */
import type { ResultQuery } from '../gql/graphql';
import { Link } from '../router/link';
import { pathTo } from '../router/routes';
import { Digest } from '../ui/digest';
import { Facts } from '../ui/facts';
import { duration } from '../ui/format';
import { Panel } from '../ui/panel';

interface ProvenanceProps {
  result: NonNullable<ResultQuery['evaluationResult']>;
}

export function Provenance({ result }: ProvenanceProps) {
  const { checkpoint, dataset } = result;
  return (
    <Panel title="Where it comes from">
      <Facts
        facts={[
          [
            'Checkpoint',
            <>
              <Link to={pathTo('checkpoint', { id: checkpoint.id })}>{checkpoint.name}</Link>{' '}
              <Digest value={result.checkpointDigest} />
            </>,
          ],
          [
            'Data',
            <>
              <Link to={pathTo('dataset', { id: dataset.id })}>{dataset.name}</Link>{' '}
              <Digest value={result.dataDigest} />
            </>,
          ],
          ['Engine', `${result.engine}: ${result.backend} ${result.backendVersion}`],
          ['Time of all batches', duration(result.inferenceMs)],
        ]}
      />
    </Panel>
  );
}
