/** Some images that one result has in a cell; its own room shows all. */
import { useQuery } from 'urql';
import { Prediction, SampleCard } from '../charts/sample-card';
import { graphql } from '../gql';
import { Link } from '../router/link';
import { pathTo } from '../router/routes';
import { integer } from '../ui/format';
import { Loaded } from '../ui/loaded';

const CELL_SAMPLES = graphql(`
  query CellSamples($id: ID!, $filter: SampleFilter!) {
    evaluationResult(id: $id) {
      id
      samples(filter: $filter, first: 4) {
        totalCount
        nodes {
          index
          trueClass
          predictedClass
          trueClassName
          predictedClassName
          probability
          imageUrl
        }
      }
    }
  }
`);

interface CellSamplesProps {
  label: string;
  resultId: string;
  cell: { row: number; column: number };
}

export function CellSamples({ label, resultId, cell: { row, column } }: CellSamplesProps) {
  const [query] = useQuery({
    query: CELL_SAMPLES,
    variables: { id: resultId, filter: { trueClass: row, predictedClass: column } },
  });
  return (
    <Loaded query={query} rows={3}>
      {({ evaluationResult }) => (
        <>
          <p className="note-inline">
            {label}: {integer(evaluationResult?.samples.totalCount ?? 0)},{' '}
            <Link
              to={pathTo(
                'result',
                { id: resultId },
                { true: String(row), predicted: String(column) },
              )}
            >
              all in its result
            </Link>
          </p>
          <ul className="samples">
            {evaluationResult?.samples.nodes.map((sample) => (
              <SampleCard key={sample.index} sample={sample}>
                <Prediction said={sample} />
                <span className="soft">no. {integer(sample.index)}</span>
              </SampleCard>
            ))}
          </ul>
        </>
      )}
    </Loaded>
  );
}
