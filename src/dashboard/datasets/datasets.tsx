/** All datasets. */
import { useQuery } from 'urql';
import { graphql } from '../gql';
import { Link } from '../router/link';
import { pathTo } from '../router/routes';
import { Digest } from '../ui/digest';
import { Empty } from '../ui/empty';
import { integer, moment } from '../ui/format';
import { Loaded } from '../ui/loaded';
import { PageHead } from '../ui/page-head';
import { Panel } from '../ui/panel';

const DATASETS = graphql(`
  query Datasets {
    datasets(first: 100) {
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
        sampleCount
      }
    }
  }
`);

export default function Datasets() {
  const [query] = useQuery({ query: DATASETS, requestPolicy: 'cache-and-network' });
  return (
    <>
      <PageHead title="Datasets" />
      <Panel title="Newest first">
        <Loaded query={query}>
          {({ datasets }) =>
            datasets.length === 0 ? (
              <Empty>
                There is no dataset yet. <code>npm start</code> brings Fashion-MNIST, or the
                built-in sample set where that can’t be had.
              </Empty>
            ) : (
              <div
                className="table-frame"
                tabIndex={0}
                role="region"
                aria-label="Table of datasets"
              >
                <table>
                  <thead>
                    <tr>
                      <th scope="col">Name</th>
                      <th scope="col">Splits</th>
                      <th scope="col" className="number">
                        Classes
                      </th>
                      <th scope="col">Images</th>
                      <th scope="col">SHA-256</th>
                      <th scope="col">Created</th>
                    </tr>
                  </thead>
                  <tbody>
                    {datasets.map((dataset) => (
                      <tr key={dataset.id}>
                        <th scope="row">
                          <Link to={pathTo('dataset', { id: dataset.id })}>{dataset.name}</Link>
                        </th>
                        <td>
                          {dataset.splits
                            .map(({ name, sampleCount }) => `${name} ${integer(sampleCount)}`)
                            .join(', ')}
                        </td>
                        <td className="number">{integer(dataset.classNames.length)}</td>
                        <td>
                          {dataset.imageHeight}×{dataset.imageWidth}×{dataset.imageChannels}
                        </td>
                        <td>
                          <Digest value={dataset.digest} />
                        </td>
                        <td>{moment(dataset.createdAt)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )
          }
        </Loaded>
      </Panel>
    </>
  );
}
