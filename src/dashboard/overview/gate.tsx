/** Whether the newest result is good enough by the rules of config.yaml, rule by rule. */
import { useQuery } from 'urql';
import { graphql } from '../gql';
import { Link } from '../router/link';
import { pathTo } from '../router/routes';
import { Empty } from '../ui/empty';
import { Loaded } from '../ui/loaded';
import { Panel } from '../ui/panel';
import { Verdict } from './verdict';

const NEWEST = graphql(`
  query NewestResult($datasetId: ID!, $split: String!) {
    evaluationResults(first: 1, filter: { datasetId: $datasetId, split: $split }) {
      nodes {
        id
      }
    }
  }
`);

const GATE = graphql(`
  query Gate($resultId: ID!) {
    gate(resultId: $resultId) {
      state
      checks {
        name
        passed
        reason
      }
      result {
        id
        checkpoint {
          id
          name
        }
      }
      baseline {
        id
        checkpoint {
          id
          name
        }
      }
    }
  }
`);

interface GateProps {
  datasetId: string;
  split: string;
}

export function Gate({ datasetId, split }: GateProps) {
  const [newest] = useQuery({
    query: NEWEST,
    variables: { datasetId, split },
    requestPolicy: 'cache-and-network',
  });
  return (
    <Panel title="Gate">
      <Loaded query={newest} rows={3}>
        {({ evaluationResults: { nodes } }) =>
          nodes[0] === undefined ? (
            <Empty>There is no result on this split to hold against the rules.</Empty>
          ) : (
            <GateOf resultId={nodes[0].id} />
          )
        }
      </Loaded>
    </Panel>
  );
}

function GateOf({ resultId }: { resultId: string }) {
  const [query] = useQuery({ query: GATE, variables: { resultId } });
  return (
    <Loaded query={query} rows={3}>
      {({ gate: { state, checks, result, baseline } }) => (
        <div className="panel-body gate">
          <p>
            <Verdict passed={state === 'PASSED'} /> The newest result, of{' '}
            <Link to={pathTo('result', { id: result.id })}>{result.checkpoint.name}</Link>
            {baseline && (
              <>
                , beside{' '}
                <Link to={pathTo('result', { id: baseline.id })}>{baseline.checkpoint.name}</Link>
              </>
            )}
            , by the rules of <code>config.yaml</code>:
          </p>
          <ul>
            {checks.map(({ name, passed, reason }) => (
              <li key={name}>
                <Verdict passed={passed} /> <span>{reason}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Loaded>
  );
}
