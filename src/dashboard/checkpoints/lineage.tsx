/** Where a checkpoint comes from and what came of it: its ancestors, its children, its data, what has the same weights. */
import { useQuery } from 'urql';
import { graphql } from '../gql';
import type { LineageQuery } from '../gql/graphql';
import { Link } from '../router/link';
import { pathTo } from '../router/routes';
import { Digest } from '../ui/digest';
import { Facts } from '../ui/facts';
import { Loaded } from '../ui/loaded';
import { Panel } from '../ui/panel';
import { Relatives } from './relatives';

const LINEAGE = graphql(`
  query Lineage($id: ID!, $digest: String!) {
    checkpoint(id: $id) {
      id
      results(first: 50) {
        id
        dataDigest
      }
      parent {
        id
        results(first: 50) {
          id
          dataDigest
        }
      }
      ancestors(first: 11) {
        ...Relative
      }
      children(first: 21) {
        ...Relative
      }
    }
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
  const [query] = useQuery({ query: LINEAGE, variables: { id, digest } });
  return (
    <Panel title="Lineage">
      <Loaded query={query} rows={4}>
        {({ checkpoint, checkpoints, datasets }) => {
          const others = checkpoints.nodes.filter((one) => one.id !== id);
          const { ancestors, children } = checkpoint;
          return (
            <Facts
              facts={[
                [
                  'Made from, the nearest first',
                  <div key="ancestors">
                    <Relatives relatives={ancestors} shown={10} more="and so on, further back" />
                    <AgainstParent checkpoint={checkpoint} />
                  </div>,
                ],
                [
                  'Made from it, the newest first',
                  <Relatives
                    key="children"
                    relatives={children}
                    shown={20}
                    more="and older ones"
                  />,
                ],
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

/** Only results on the same data can be held against each other; of those the newest. */
function AgainstParent({ checkpoint }: { checkpoint: LineageQuery['checkpoint'] }) {
  const baselines = checkpoint.parent?.results ?? [];
  const onSameData = (dataDigest: string) => baselines.find((one) => one.dataDigest === dataDigest);
  const candidate = checkpoint.results.find(({ dataDigest }) => onSameData(dataDigest));
  const baseline = candidate && onSameData(candidate.dataDigest);
  if (candidate === undefined || baseline === undefined) return null;
  return (
    <Link to={pathTo('compare', {}, { baseline: baseline.id, candidate: candidate.id })}>
      Compare with its parent
    </Link>
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
