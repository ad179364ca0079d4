/** What is known of a run, live. */
import { graphql } from '../gql';
import type { RunDetailFragment } from '../gql/graphql';
import { RunProgress } from '../live/run-progress';
import { useLiveRun } from '../live/use-live-run';
import { Link } from '../router/link';
import { pathTo } from '../router/routes';
import { Digest } from '../ui/digest';
import { Facts } from '../ui/facts';
import { decimal, duration, integer, moment, percent } from '../ui/format';
import { PageHead } from '../ui/page-head';
import { Panel } from '../ui/panel';
import { ProblemList } from '../ui/problems';
import { RunState } from '../ui/run-state';
import { RunActions } from './run-actions';

graphql(`
  fragment RunDetail on EvaluationRun {
    ...LiveRun
    createdAt
    batchSize
    engine
    split
    checkpoint {
      id
      name
      digest
    }
    dataset {
      id
      name
    }
    result {
      id
      accuracy
      macroF1
      loss
      sampleCount
      backend
      backendVersion
      inferenceMs
      totalMs
    }
  }
`);

export function RunView({ run: asked, onEnd }: { run: RunDetailFragment; onEnd: () => void }) {
  const run = useLiveRun(asked, onEnd);
  const { checkpoint, dataset, result, failure } = run;
  return (
    <>
      <PageHead
        title={`Run of ${checkpoint.name}`}
        lead={`on ${dataset.name} / ${run.split} with ${run.engine}`}
        actions={<RunActions run={run} onChange={onEnd} />}
      />
      <Panel title="Progress" actions={<LiveState run={run} />}>
        <div className="panel-body">
          <RunProgress run={run} />
          {failure && <ProblemList problems={[failure]} />}
          {result && (
            <p className="outcome">
              <strong>{percent(result.accuracy)}</strong> accuracy, {percent(result.macroF1)}{' '}
              macro-F1, loss {decimal(result.loss)} on {integer(result.sampleCount)} samples.
            </p>
          )}
        </div>
      </Panel>
      <Panel title="Facts">
        <Facts
          facts={[
            [
              'Checkpoint',
              <Link key="checkpoint" to={pathTo('checkpoint', { id: checkpoint.id })}>
                {checkpoint.name}
              </Link>,
            ],
            ['Digest', <Digest key="digest" value={checkpoint.digest} />],
            [
              'Dataset',
              <Link key="dataset" to={pathTo('dataset', { id: dataset.id })}>
                {dataset.name}
              </Link>,
            ],
            ['Split', run.split],
            [
              'Engine',
              result ? `${run.engine} (${result.backend} ${result.backendVersion})` : run.engine,
            ],
            ['Batch size', integer(run.batchSize)],
            ['Created', moment(run.createdAt)],
            ['Started', run.startedAt ? moment(run.startedAt) : '–'],
            ['Ended', run.finishedAt ? moment(run.finishedAt) : '–'],
            ['Attempts', integer(run.attempt)],
            ['Forward passes', result ? duration(result.inferenceMs) : '–'],
            ['From start to result', result ? duration(result.totalMs) : '–'],
          ]}
        />
      </Panel>
    </>
  );
}

/** Read out when it changes; the figures of the progress are not. */
function LiveState({ run }: { run: Pick<RunDetailFragment, 'state'> }) {
  return (
    <span role="status">
      <RunState state={run.state} />
    </span>
  );
}
