/** The confusion matrix: what is taken for what, and how often. */
import { useMemo } from 'react';
import { shareRamp } from '../charts/colours/ramp';
import { useScheme } from '../charts/colours/scheme';
import { Choice } from '../charts/controls/choice';
import { byClass, byCluster, byError } from '../charts/matrix/class-order';
import { Legend } from '../charts/matrix/legend';
import { Matrix } from '../charts/matrix/matrix';
import { MAX_CLASSES_AS_SVG } from '../charts/matrix/matrix-view';
import { useChoice } from '../router/choice';
import { setSearchParams, useSearch } from '../router/location';
import { Panel } from '../ui/panel';
import { confusionView, type Shown } from './confusion-view';

const SHOWN: Readonly<Record<Shown, string>> = {
  counts: 'counts',
  true: 'share of the true class',
  pred: 'share of the predicted class',
  all: 'share of all samples',
};
const ORDERS = { class: 'of the classes', error: 'largest error first', cluster: 'clustered' };
const SIZES = { '12': 'medium', '24': 'large', '4': 'small' };
const COLOURED = { all: 'all cells', errors: 'errors only' };

interface ConfusionProps {
  result: { confusionMatrix: { classNames: string[]; counts: number[][] } };
}

export function Confusion({ result: { confusionMatrix } }: ConfusionProps) {
  const { classNames, counts } = confusionMatrix;
  const [shown, setShown] = useChoice('show', ['counts', 'true', 'pred', 'all']);
  const [by, setBy] = useChoice('sort', ['class', 'error', 'cluster']);
  const [coloured, setColoured] = useChoice('colour', ['all', 'errors']);
  const [size, setSize] = useChoice('size', ['12', '24', '4']);
  const scheme = useScheme();
  const search = useSearch();
  const selected = cellOf(search.get('true'), search.get('predicted'));
  const order = useMemo(
    () => ({ class: byClass, error: byError, cluster: byCluster })[by](counts),
    [by, counts],
  );
  const ramp = useMemo(() => shareRamp(scheme), [scheme]);
  const { view, ticks } = useMemo(
    () =>
      confusionView({
        names: classNames,
        counts,
        order,
        shown,
        errorsOnly: coloured === 'errors',
        ramp,
      }),
    [classNames, counts, order, shown, coloured, ramp],
  );
  const csv = () => [
    ['true \\ predicted', ...order.map((column) => classNames[column])],
    ...order.map((row) => [classNames[row], ...order.map((column) => view.valueAt(row, column))]),
  ];
  return (
    <Panel
      title="Confusion matrix"
      actions={
        <>
          <Choice label="Show" value={shown} options={SHOWN} onChange={setShown} />
          <Choice label="Order" value={by} options={ORDERS} onChange={setBy} />
          <Choice label="Colour" value={coloured} options={COLOURED} onChange={setColoured} />
          {classNames.length > MAX_CLASSES_AS_SVG && (
            <Choice label="Cells" value={size} options={SIZES} onChange={setSize} />
          )}
        </>
      }
    >
      <div className="panel-body">
        <Matrix
          title="Confusion matrix"
          view={view}
          cell={Number(size)}
          selected={selected}
          hint="Rows are true classes, columns predicted ones. A cell opens its images."
          legend={<Legend ramp={ramp} ticks={ticks} />}
          csv={csv}
          onOpen={({ row, column }) => {
            setSearchParams({
              true: String(row),
              predicted: String(column),
              only: undefined,
              after: undefined,
            });
            document.getElementById('samples')?.scrollIntoView({ block: 'nearest' });
          }}
        />
      </div>
    </Panel>
  );
}

function cellOf(row: string | null, column: string | null) {
  if (row === null || column === null) return undefined;
  return { row: Number(row), column: Number(column) };
}
