/** A run as it is now: what the query brought, then each change that the subscription tells of. */
import { useSubscription } from 'urql';
import { graphql } from '../gql';
import type { LiveRunFragment } from '../gql/graphql';
import { isActive } from '../ui/run-state';

graphql(`
  fragment LiveRun on EvaluationRun {
    id
    state
    attempt
    startedAt
    finishedAt
    progress {
      samplesDone
      samplesTotal
      imagesPerSecond
      secondsLeft
    }
    failure {
      code
      message
    }
  }
`);

const RUN_UPDATED = graphql(`
  subscription RunUpdated($id: ID!) {
    evaluationRunUpdated(id: $id) {
      ...LiveRun
    }
  }
`);

/** @param onEnd once the run has ended while it was watched */
export function useLiveRun<T extends LiveRunFragment>(run: T, onEnd?: () => void): T {
  const [{ data }] = useSubscription(
    { query: RUN_UPDATED, variables: { id: run.id }, pause: !isActive(run.state) },
    (_before, update) => {
      if (!isActive(update.evaluationRunUpdated.state)) onEnd?.();
      return update;
    },
  );
  const update = data?.evaluationRunUpdated;
  return isActive(run.state) && update?.id === run.id ? { ...run, ...update } : run;
}
