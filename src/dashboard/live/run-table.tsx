/** Runs, newest first; those under way move by themselves. */
import type { RunRowFragment } from '../gql/graphql';
import { graphql } from '../gql';
import { Link } from '../router/link';
import { pathTo } from '../router/routes';
import { ago, moment, percent } from '../ui/format';
import { isActive, RunState } from '../ui/run-state';
import { RunProgress } from './run-progress';
import { useLiveRun } from './use-live-run';

graphql(`
  fragment RunRow on EvaluationRun {
    ...LiveRun
    createdAt
    engine
    split
    checkpoint {
      id
      name
    }
    dataset {
      id
      name
    }
    result {
      id
      accuracy
      macroF1
    }
  }
`);

interface RunTableProps {
  runs: readonly RunRowFragment[];
  /** A run under way has ended: time to ask again. */
  onEnd: () => void;
}

export function RunTable({ runs, onEnd }: RunTableProps) {
  return (
    <div className="table-frame" tabIndex={0} role="region" aria-label="Table of runs">
      <table>
        <thead>
          <tr>
            <th scope="col">Checkpoint</th>
            <th scope="col">State</th>
            <th scope="col" className="number">
              Accuracy
            </th>
            <th scope="col" className="number">
              Macro-F1
            </th>
            <th scope="col">Dataset</th>
            <th scope="col">Engine</th>
            <th scope="col">Created</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <RunLine key={run.id} run={run} onEnd={onEnd} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function RunLine({ run: asked, onEnd }: { run: RunRowFragment; onEnd: () => void }) {
  const run = useLiveRun(asked, onEnd);
  const { result } = run;
  return (
    <tr>
      <th scope="row">
        <Link to={result ? pathTo('result', { id: result.id }) : pathTo('run', { id: run.id })}>
          {run.checkpoint.name}
        </Link>
      </th>
      <td>
        <Link className="plain" to={pathTo('run', { id: run.id })}>
          <RunState state={run.state} />
        </Link>
        {isActive(run.state) && <RunProgress run={run} brief />}
        {run.failure && <code className="failure-code">{run.failure.code}</code>}
      </td>
      <td className="number">{result ? percent(result.accuracy) : '–'}</td>
      <td className="number">{result ? percent(result.macroF1) : '–'}</td>
      <td>
        {run.dataset.name} / {run.split}
      </td>
      <td>{run.engine}</td>
      <td title={moment(run.createdAt)}>{ago(run.createdAt)}</td>
    </tr>
  );
}
