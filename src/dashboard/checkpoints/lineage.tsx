/** Where a checkpoint comes from, as far as its files and the service know: its data, and what has the same weights. */
import { useQuery } from 'urql';
import { graphql } from '../gql';
import type { LineageQuery } from '../gql/graphql';
import { Link } from '../router/link';
import { pathTo } from '../router/routes';
import { Digest } from '../ui/digest';
import { Facts } from '../ui/facts';
import { Loaded } from '../ui/loaded';
import { Panel } from '../ui/panel';

const LINEAGE = graphql(`
  query Lineage($digest: String!) {
    checkpoints(first: 20, filter: { digestPrefix: $digest, includeDeleted: true }) {
      nodes {
        id
        name
        preprocessingDigest
      }
    }
    datasets(first: 100) {
      id
      name
      digest
    }
  }
`);

interface LineageProps {
  checkpoint: { id: string; digest: string; metadata: Record<string, unknown> };
}

export function Lineage({ checkpoint: { id, digest, metadata } }: LineageProps) {
  const [query] = useQuery({ query: LINEAGE, variables: { digest } });
  return (
    <Panel title="Lineage">
      <Loaded query={query} rows={2}>
        {({ checkpoints, datasets }) => {
          const others = checkpoints.nodes.filter((one) => one.id !== id);
          return (
            <Facts
              facts={[
                ['Trained on', <TrainedOn key="data" metadata={metadata} datasets={datasets} />],
                [
                  'Same weights, prepared otherwise',
                  others.length === 0
                    ? 'none'
                    : others.map((one) => (
                        <div key={one.id}>
                          <Link to={pathTo('checkpoint', { id: one.id })}>{one.name}</Link>{' '}
                          <Digest value={one.preprocessingDigest} />
                        </div>
                      )),
                ],
              ]}
            />
          );
        }}
      </Loaded>
    </Panel>
  );
}

interface TrainedOnProps {
  metadata: Record<string, unknown>;
  datasets: LineageQuery['datasets'];
}

/** What the trainer wrote is unchecked, and most formats hold nothing of it. */
function TrainedOn({ metadata, datasets }: TrainedOnProps) {
  const { dataset } = metadata;
  if (typeof dataset !== 'object' || dataset === null) return 'its files do not say';
  const { name, digest, split } = dataset as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string') return 'its files do not say';
  const here = datasets.find((one) => one.digest === digest);
  return (
    <>
      {here ? <Link to={pathTo('dataset', { id: here.id })}>{name}</Link> : `${name} (not here)`}
      {typeof split === 'string' && ` / ${split}`}
    </>
  );
}
