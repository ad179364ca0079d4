/** The candidate's confusion matrix less the baseline's; a cell shows both results' images of it. */
import { useMemo } from 'react';
import { signedRamp } from '../charts/colours/ramp';
import { useScheme } from '../charts/colours/scheme';
import { Choice } from '../charts/controls/choice';
import { byClass, byCluster, byError } from '../charts/matrix/class-order';
import { Legend } from '../charts/matrix/legend';
import { Matrix } from '../charts/matrix/matrix';
import { MAX_CLASSES_AS_SVG } from '../charts/matrix/matrix-view';
import { useChoice } from '../router/choice';
import { setSearchParams, useSearch } from '../router/location';
import { Panel } from '../ui/panel';
import { CellSamples } from './cell-samples';
import { differenceView } from './difference-view';

const SHOWN = { counts: 'counts', true: 'share of the true class' };
const ORDERS = { class: 'of the classes', error: 'largest error first', cluster: 'clustered' };
const SIZES = { '12': 'medium', '24': 'large', '4': 'small' };

interface DifferenceProps {
  comparison: {
    baseline: { id: string; confusionMatrix: { classNames: string[]; counts: number[][] } };
    candidate: { id: string; confusionMatrix: { counts: number[][] } };
  };
}

export function Difference({ comparison: { baseline, candidate } }: DifferenceProps) {
  const { classNames: names, counts: before } = baseline.confusionMatrix;
  const { counts: after } = candidate.confusionMatrix;
  const [shown, setShown] = useChoice('show', ['counts', 'true']);
  const [by, setBy] = useChoice('sort', ['class', 'error', 'cluster']);
  const [size, setSize] = useChoice('size', ['12', '24', '4']);
  const scheme = useScheme();
  const search = useSearch();
  const selected = cellOf(search.get('true'), search.get('predicted'), names.length);
  const order = useMemo(
    () => ({ class: byClass, error: byError, cluster: byCluster })[by](after),
    [by, after],
  );
  const ramp = useMemo(() => signedRamp(scheme), [scheme]);
  const { view, ticks } = useMemo(
    () => differenceView({ names, before, after, order, shown, ramp }),
    [names, before, after, order, shown, ramp],
  );
  const csv = () => [
    ['true \\ predicted', ...order.map((column) => names[column])],
    ...order.map((row) => [names[row], ...order.map((column) => view.valueAt(row, column))]),
  ];
  return (
    <Panel
      title="Difference of the confusion matrices"
      actions={
        <>
          <Choice label="Show" value={shown} options={SHOWN} onChange={setShown} />
          <Choice label="Order" value={by} options={ORDERS} onChange={setBy} />
          {names.length > MAX_CLASSES_AS_SVG && (
            <Choice label="Cells" value={size} options={SIZES} onChange={setSize} />
          )}
        </>
      }
    >
      <div
        className={`panel-body ${names.length > MAX_CLASSES_AS_SVG ? 'stacked' : 'matrix-and-cell'}`}
      >
        <Matrix
          title="Difference of the confusion matrices"
          view={view}
          cell={Number(size)}
          selected={selected}
          hint="Candidate less baseline: orange is more, blue is less. A cell opens both results’ images."
          legend={<Legend ramp={ramp} ticks={ticks} isSigned />}
          csv={csv}
          onOpen={({ row, column }) => {
            setSearchParams({ true: String(row), predicted: String(column) });
          }}
        />
        {selected === undefined ? (
          <p className="soft">No cell is chosen.</p>
        ) : (
          <div>
            <h3>
              {names[selected.row]} taken for {names[selected.column]}
            </h3>
            <CellSamples label="Baseline" resultId={baseline.id} cell={selected} />
            <CellSamples label="Candidate" resultId={candidate.id} cell={selected} />
          </div>
        )}
      </div>
    </Panel>
  );
}

function cellOf(row: string | null, column: string | null, size: number) {
  if (row === null || column === null || !/^\d+$/.test(row) || !/^\d+$/.test(column))
    return undefined;
  const cell = { row: Number(row), column: Number(column) };
  return cell.row < size && cell.column < size ? cell : undefined;
}
