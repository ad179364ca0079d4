/** A K×K matrix of classes, from 2 to 1,000 of them: hover, keys and a click reach each cell. */
import { type ReactNode, useMemo, useRef, useState } from 'react';
import { type CsvCell } from '../save/csv';
import { standAlone } from '../save/drawing';
import { SaveMenu } from '../save/save-menu';
import { useWidth } from '../use-width';
import { MatrixCanvas } from './matrix-canvas';
import { matrixDrawing } from './matrix-drawing';
import { MatrixSvg } from './matrix-svg';
import { type Cell, marginsFor, type MatrixView, MAX_CLASSES_AS_SVG } from './matrix-view';
import './matrix.css';

interface MatrixProps {
  title: string;
  view: MatrixView;
  /** Pixels of a cell, where it is painted. */
  cell?: number;
  selected?: Cell | undefined;
  onOpen: (cell: Cell) => void;
  /** What stands in the line of the pointed cell while there is none. */
  hint: string;
  legend: ReactNode;
  csv: () => readonly (readonly CsvCell[])[];
}

export function Matrix({
  title,
  view,
  cell = 12,
  selected,
  onOpen,
  hint,
  legend,
  csv,
}: MatrixProps) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const svg = useRef<SVGSVGElement>(null);
  const [pointed, setPointed] = useState<Cell>();
  const margins = useMemo(() => marginsFor(view.names, width), [view.names, width]);
  const part = { label: title, view, width, margins, selected, onPoint: setPointed, onOpen };
  const isSmall = view.order.length <= MAX_CLASSES_AS_SVG;
  const drawing = () => {
    if (!isSmall) return ref.current === null ? undefined : matrixDrawing(view, ref.current);
    return svg.current === null ? undefined : standAlone(svg.current);
  };
  return (
    <div className="matrix">
      <p className="matrix-line">
        {pointed === undefined ? hint : view.describe(pointed.row, pointed.column)}
      </p>
      <div ref={ref} className="matrix-place">
        {width > 0 && isSmall && <MatrixSvg {...part} svg={svg} />}
        {width > 0 && !isSmall && <MatrixCanvas {...part} cell={cell} />}
      </div>
      <div className="chart-foot">
        {legend}
        <SaveMenu title={title} rows={csv} drawing={drawing} />
      </div>
    </div>
  );
}
