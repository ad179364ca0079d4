/** The first room: what ran lately. */
import { useQuery } from 'urql';
import { graphql } from '../gql';
import { Link } from '../router/link';
import { pathTo } from '../router/routes';
import { ago, decimal, percent } from '../ui/format';
import { Loaded } from '../ui/loaded';
import { PageHead } from '../ui/page-head';
import { Panel } from '../ui/panel';

const LATEST_RESULTS = graphql(`
  query LatestResults {
    evaluationResults(first: 10) {
      nodes {
        id
        createdAt
        split
        accuracy
        macroF1
        loss
        checkpoint {
          id
          name
        }
        dataset {
          id
          name
        }
      }
    }
  }
`);

export function Overview() {
  const [query] = useQuery({ query: LATEST_RESULTS });
  return (
    <>
      <PageHead title="Overview" />
      <Panel title="Latest results">
        <Loaded query={query}>
          {({ evaluationResults }) => (
            <div className="table-frame">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Checkpoint</th>
                    <th scope="col">Dataset</th>
                    <th scope="col" className="number">
                      Accuracy
                    </th>
                    <th scope="col" className="number">
                      Macro-F1
                    </th>
                    <th scope="col" className="number">
                      Loss
                    </th>
                    <th scope="col">When</th>
                  </tr>
                </thead>
                <tbody>
                  {evaluationResults.nodes.map((result) => (
                    <tr key={result.id}>
                      <th scope="row">
                        <Link to={pathTo('result', { id: result.id })}>
                          {result.checkpoint.name}
                        </Link>
                      </th>
                      <td>
                        {result.dataset.name} / {result.split}
                      </td>
                      <td className="number">{percent(result.accuracy)}</td>
                      <td className="number">{percent(result.macroF1)}</td>
                      <td className="number">{decimal(result.loss)}</td>
                      <td>{ago(result.createdAt)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </Loaded>
      </Panel>
    </>
  );
}
