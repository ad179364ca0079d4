/** One result: how good the checkpoint is, where it errs, and the images behind each figure. */
import { useQuery } from 'urql';
import { MAX_CLASSES_AS_SVG } from '../charts/matrix/matrix-view';
import { graphql } from '../gql';
import { Link } from '../router/link';
import { pathTo } from '../router/routes';
import { integer, moment } from '../ui/format';
import { Loaded } from '../ui/loaded';
import { PageHead } from '../ui/page-head';
import { Confusion } from './confusion';
import { Deeper } from './deeper';
import { Samples } from './samples';
import { Scores } from './scores';
import './result.css';

const RESULT = graphql(`
  query Result($id: ID!) {
    evaluationResult(id: $id) {
      id
      createdAt
      split
      sampleCount
      classCount
      checkpointDigest
      dataDigest
      engine
      backend
      backendVersion
      inferenceMs
      checkpoint {
        id
        name
      }
      dataset {
        id
        name
      }
      ...Scores
      ...Bins
      confusionMatrix {
        classNames
        counts
      }
      classMetrics {
        classIndex
        className
        precision
        recall
        f1
        support
        rocAuc
        averagePrecision
        recallInterval {
          lower
          upper
        }
      }
    }
  }
`);

export default function Result({ id }: { id: string }) {
  const [query] = useQuery({ query: RESULT, variables: { id } });
  const found = query.data?.evaluationResult;
  const title = found ? `${found.checkpoint.name} on ${found.dataset.name}` : 'Result';
  return (
    <>
      <PageHead
        title={title}
        lead={
          found ? (
            <>
              Split {found.split}, {integer(found.sampleCount)} samples, {moment(found.createdAt)}
            </>
          ) : (
            ' '
          )
        }
        actions={
          found && (
            <>
              <Link className="button" to={pathTo('run', { id })}>
                Its run
              </Link>
              <Link className="button" to={pathTo('compare', {}, { candidate: id })}>
                Compare with another
              </Link>
            </>
          )
        }
      />
      <Loaded query={query} rows={12}>
        {({ evaluationResult: result }) =>
          result ? (
            <>
              <Scores result={result} />
              <div
                className={
                  result.classCount > MAX_CLASSES_AS_SVG ? 'stacked' : 'matrix-and-samples'
                }
              >
                <Confusion result={result} />
                <Samples
                  resultId={id}
                  classNames={result.confusionMatrix.classNames}
                  sampleCount={result.sampleCount}
                />
              </div>
              <Deeper result={result} />
            </>
          ) : (
            <p>
              There is no result here. Its run may not have ended: see{' '}
              <Link to={pathTo('run', { id })}>the run</Link>.
            </p>
          )
        }
      </Loaded>
    </>
  );
}
