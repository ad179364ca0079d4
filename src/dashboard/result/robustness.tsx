/** How accuracy holds when the images get worse: six corruptions, each at five strengths. */
import { useMutation, useQuery } from 'urql';
import { css, inkOn, shareRamp } from '../charts/colours/ramp';
import { useScheme } from '../charts/colours/scheme';
import { SaveMenu } from '../charts/save/save-menu';
import { graphql } from '../gql';
import type { Corruption, Engine, RobustnessQuery } from '../gql/graphql';
import { Link } from '../router/link';
import { pathTo } from '../router/routes';
import { percent, signed } from '../ui/format';
import { Loaded } from '../ui/loaded';
import { Panel } from '../ui/panel';
import { Problems } from '../ui/problems';
import { useRefresh } from '../ui/use-refresh';

const ROBUSTNESS = graphql(`
  query Robustness($id: ID!) {
    evaluationResult(id: $id) {
      id
      robustness {
        corruption
        strength
        run {
          id
          state
        }
        result {
          id
          accuracy
        }
      }
    }
  }
`);

const RUN_ROBUSTNESS = graphql(`
  mutation RunRobustness($input: RunRobustnessInput!) {
    runRobustness(input: $input) {
      id
    }
  }
`);

type Cell = NonNullable<RobustnessQuery['evaluationResult']>['robustness'][number];

const NAMES: Readonly<Record<Corruption, string>> = {
  NOISE: 'Noise',
  BLUR: 'Blur',
  SHIFT: 'Shift',
  ROTATION: 'Rotation',
  CONTRAST: 'Contrast',
  OCCLUSION: 'Occlusion',
};
const STRENGTHS = [1, 2, 3, 4, 5];
const REFRESH_MS = 3_000;
/** Splits that are corrupted themselves carry it in their names. */
const CORRUPTED = '~';

interface RobustnessProps {
  result: {
    id: string;
    split: string;
    accuracy: number;
    engine: Engine;
    checkpoint: { id: string };
    dataset: { id: string };
  };
}

export function Robustness({ result }: RobustnessProps) {
  const { id, split, engine, checkpoint, dataset } = result;
  const isCorrupted = split.includes(CORRUPTED);
  const [query, ask] = useQuery({ query: ROBUSTNESS, variables: { id }, pause: isCorrupted });
  const [started, start] = useMutation(RUN_ROBUSTNESS);
  const cells = query.data?.evaluationResult?.robustness ?? [];
  const isRunning = cells.some(({ run }) => run?.state === 'QUEUED' || run?.state === 'RUNNING');
  useRefresh(ask, isRunning ? REFRESH_MS : undefined);
  if (isCorrupted) return null;
  const begin = async () => {
    await start({
      input: { checkpointId: checkpoint.id, datasetId: dataset.id, split, engine },
    });
    ask({ requestPolicy: 'network-only' });
  };
  const csv = () => [
    ['corruption', 'strength', 'accuracy'],
    ...cells.map((cell) => [cell.corruption, cell.strength, cell.result?.accuracy]),
  ];
  const isWhole = cells.length > 0 && cells.every((cell) => cell.result !== null);
  return (
    <Panel
      title="Robustness"
      actions={
        <>
          {!isWhole && query.data !== undefined && (
            <button
              type="button"
              disabled={isRunning || started.fetching}
              onClick={() => void begin()}
            >
              {isRunning ? 'Running…' : 'Evaluate on corrupted images'}
            </button>
          )}
          <SaveMenu title="Robustness" rows={csv} />
        </>
      }
    >
      {started.error !== undefined && <Problems error={started.error} />}
      <Loaded query={query} rows={7}>
        {({ evaluationResult }) => (
          <Grid cells={evaluationResult?.robustness ?? []} clean={result.accuracy} />
        )}
      </Loaded>
      <p className="note">
        Accuracy on the same images made worse, and points lost against the clean ones, from weak
        (1) to strong (5).
      </p>
    </Panel>
  );
}

function Grid({ cells, clean }: { cells: readonly Cell[]; clean: number }) {
  const ramp = shareRamp(useScheme());
  const corruptions = (Object.keys(NAMES) as Corruption[]).filter((name) =>
    cells.some(({ corruption }) => corruption === name),
  );
  const at = (name: Corruption, strength: number) =>
    cells.find((cell) => cell.corruption === name && cell.strength === strength);
  return (
    <div className="table-frame" tabIndex={0} role="region" aria-label="Accuracy by corruption">
      <table className="robustness">
        <thead>
          <tr>
            <th scope="col">Corruption</th>
            {STRENGTHS.map((strength) => (
              <th key={strength} scope="col" className="number">
                {strength}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {corruptions.map((name) => (
            <tr key={name}>
              <th scope="row">{NAMES[name]}</th>
              {STRENGTHS.map((strength) => {
                const cell = at(name, strength);
                const accuracy = cell?.result?.accuracy;
                if (cell?.result === undefined || cell.result === null || accuracy === undefined) {
                  return (
                    <td key={strength} className="number soft">
                      {stateOf(cell)}
                    </td>
                  );
                }
                const colour = ramp.at(accuracy ** 2);
                return (
                  <td
                    key={strength}
                    className="number"
                    style={{ background: css(colour), color: inkOn(colour) }}
                  >
                    <Link to={pathTo('result', { id: cell.result.id })}>
                      {percent(accuracy, 1)}
                    </Link>{' '}
                    <small>{signed(accuracy - clean, 1)}</small>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function stateOf(cell: Cell | undefined) {
  const run = cell?.run;
  if (!run) return 'not run';
  return <Link to={pathTo('run', { id: run.id })}>{run.state.toLowerCase()}</Link>;
}
