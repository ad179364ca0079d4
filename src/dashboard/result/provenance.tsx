/** What a result was made of and by: enough to make it again. */
import type { ResultQuery } from '../gql/graphql';
import { Link } from '../router/link';
import { pathTo } from '../router/routes';
import { Digest } from '../ui/digest';
import { duration } from '../ui/format';
import { Panel } from '../ui/panel';

interface ProvenanceProps {
  result: NonNullable<ResultQuery['evaluationResult']>;
}

export function Provenance({ result }: ProvenanceProps) {
  const { checkpoint, dataset } = result;
  return (
    <Panel title="Where it comes from">
      <dl className="facts">
        <dt>Checkpoint</dt>
        <dd>
          <Link to={pathTo('checkpoint', { id: checkpoint.id })}>{checkpoint.name}</Link>{' '}
          <Digest value={result.checkpointDigest} />
        </dd>
        <dt>Data</dt>
        <dd>
          <Link to={pathTo('dataset', { id: dataset.id })}>{dataset.name}</Link>{' '}
          <Digest value={result.dataDigest} />
        </dd>
        <dt>Engine</dt>
        <dd>
          {result.engine}: {result.backend} {result.backendVersion}
        </dd>
        <dt>Time of all batches</dt>
        <dd>{duration(result.inferenceMs)}</dd>
      </dl>
    </Panel>
  );
}
