/** One dataset: its splits and classes, and what its images look like. */
import { useQuery } from 'urql';
import { graphql } from '../gql';
import { Link } from '../router/link';
import { pathTo } from '../router/routes';
import { Digest } from '../ui/digest';
import { Facts } from '../ui/facts';
import { integer, moment } from '../ui/format';
import { Loaded } from '../ui/loaded';
import { PageHead } from '../ui/page-head';
import { Panel } from '../ui/panel';
import { Samples } from './samples';
import './datasets.css';

const DATASET = graphql(`
  query Dataset($id: ID!) {
    dataset(id: $id) {
      id
      name
      digest
      createdAt
      classNames
      imageHeight
      imageWidth
      imageChannels
      splits {
        name
        digest
        sampleCount
      }
    }
  }
`);

export default function Dataset({ id }: { id: string }) {
  const [query] = useQuery({ query: DATASET, variables: { id } });
  return (
    <Loaded query={query} rows={12} head={<PageHead title="Dataset" lead={<code>{id}</code>} />}>
      {({ dataset }) => (
        <>
          <PageHead
            title={dataset.name}
            actions={
              <Link className="button primary" to={pathTo('newRun', {}, { dataset: id })}>
                Evaluate on it
              </Link>
            }
          />
          <Panel title="Facts">
            <Facts
              facts={[
                [
                  'Images (height, width, channels)',
                  `${dataset.imageHeight}×${dataset.imageWidth}×${dataset.imageChannels}`,
                ],
                ['Classes', integer(dataset.classNames.length)],
                ['SHA-256', <Digest key="digest" value={dataset.digest} />],
                ['Created', moment(dataset.createdAt)],
                ...dataset.splits.map(
                  ({ name, digest, sampleCount }) =>
                    [
                      `Split ${name}`,
                      <>
                        {integer(sampleCount)} samples · <Digest value={digest} />
                      </>,
                    ] as const,
                ),
              ]}
            />
          </Panel>
          <Samples
            datasetId={id}
            classNames={dataset.classNames}
            splits={dataset.splits.map(({ name }) => name)}
          />
        </>
      )}
    </Loaded>
  );
}
