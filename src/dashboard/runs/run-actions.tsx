/** What can be done with a run in its state. */
import { useMutation } from 'urql';
import { graphql } from '../gql';
import type { RunDetailFragment } from '../gql/graphql';
import { Link } from '../router/link';
import { pathTo } from '../router/routes';
import { Problems } from '../ui/problems';
import { isActive } from '../ui/run-state';

const CANCEL = graphql(`
  mutation CancelRun($id: ID!) {
    cancelEvaluation(id: $id) {
      ...LiveRun
    }
  }
`);

const RETRY = graphql(`
  mutation RetryRun($id: ID!) {
    retryEvaluation(id: $id) {
      ...LiveRun
    }
  }
`);

interface RunActionsProps {
  run: RunDetailFragment;
  onChange: () => void;
}

export function RunActions({ run, onChange }: RunActionsProps) {
  const [cancelling, cancel] = useMutation(CANCEL);
  const [retrying, retry] = useMutation(RETRY);
  const { id, state, checkpoint, dataset, split, engine } = run;
  const error = cancelling.error ?? retrying.error;
  const again = pathTo(
    'newRun',
    {},
    { checkpoint: checkpoint.id, dataset: dataset.id, split, engine },
  );
  return (
    <>
      {error !== undefined && <Problems error={error} />}
      {isActive(state) && (
        <button
          type="button"
          disabled={cancelling.fetching}
          onClick={() => void cancel({ id }).then(onChange)}
        >
          Cancel
        </button>
      )}
      {state === 'FAILED' && (
        <button
          type="button"
          className="primary"
          disabled={retrying.fetching}
          onClick={() => void retry({ id }).then(onChange)}
        >
          Retry
        </button>
      )}
      {!isActive(state) && (
        <Link className="button" to={again}>
          Run again
        </Link>
      )}
      {state === 'SUCCEEDED' && (
        <Link className="button primary" to={pathTo('result', { id })}>
          Open the result
        </Link>
      )}
    </>
  );
}
