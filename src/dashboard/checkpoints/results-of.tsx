/** What a checkpoint reached, run by run. */
import { graphql } from '../gql';
import type { ResultOfCheckpointFragment } from '../gql/graphql';
import { Link } from '../router/link';
import { pathTo } from '../router/routes';
import { Digest } from '../ui/digest';
import { Empty } from '../ui/empty';
import { ago, decimal, integer, moment, percent } from '../ui/format';

graphql(`
  fragment ResultOfCheckpoint on EvaluationResult {
    id
    createdAt
    split
    engine
    backend
    accuracy
    macroF1
    loss
    sampleCount
    dataDigest
    dataset {
      id
      name
    }
  }
`);

export function ResultsOf({ results }: { results: readonly ResultOfCheckpointFragment[] }) {
  if (results.length === 0) return <Empty>It has not been evaluated yet.</Empty>;
  return (
    <div className="table-frame" tabIndex={0} role="region" aria-label="Table of results">
      <table>
        <thead>
          <tr>
            <th scope="col">Result</th>
            <th scope="col">Engine</th>
            <th scope="col" className="number">
              Accuracy
            </th>
            <th scope="col" className="number">
              Macro-F1
            </th>
            <th scope="col" className="number">
              Loss
            </th>
            <th scope="col" className="number">
              Samples
            </th>
            <th scope="col">Data</th>
            <th scope="col">When</th>
          </tr>
        </thead>
        <tbody>
          {results.map((result) => (
            <tr key={result.id}>
              <th scope="row">
                <Link to={pathTo('result', { id: result.id })}>
                  {result.dataset.name} / {result.split}
                </Link>
              </th>
              <td>
                {result.engine} ({result.backend})
              </td>
              <td className="number">{percent(result.accuracy)}</td>
              <td className="number">{percent(result.macroF1)}</td>
              <td className="number">{decimal(result.loss)}</td>
              <td className="number">{integer(result.sampleCount)}</td>
              <td>
                <Digest value={result.dataDigest} />
              </td>
              <td title={moment(result.createdAt)}>{ago(result.createdAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
