/** A matrix whose cells are elements: each has its title, is reached by keys, and says what it is. */
import { type KeyboardEvent, type RefObject, useState } from 'react';
import { css, inkOn } from '../colours/ramp';
import { placeAfterKey } from './cell-keys';
import { type Cell, type MatrixView, type Margins, type Place, shortened } from './matrix-view';

export interface MatrixPartProps {
  label: string;
  view: MatrixView;
  width: number;
  margins: Margins;
  selected: Cell | undefined;
  onPoint: (cell: Cell | undefined) => void;
  onOpen: (cell: Cell) => void;
}

const MIN_CELL = 22;
const MAX_CELL = 58;
const MIN_TEXT = 7;
const MAX_TEXT = 13;
const CHARACTER_SHARE = 0.6;

export function MatrixSvg({
  svg,
  label,
  view,
  width,
  margins,
  selected,
  onPoint,
  onOpen,
}: MatrixPartProps & { svg: RefObject<SVGSVGElement | null> }) {
  const { names, order } = view;
  const size = order.length;
  const [focus, setFocus] = useState<Place>({ row: 0, column: 0 });
  const { left, top, right } = margins;
  const cell = Math.floor(Math.min(Math.max((width - left - right) / size, MIN_CELL), MAX_CELL));
  const longest = order.reduce(
    (most, row) => order.reduce((m, column) => Math.max(m, view.text(row, column).length), most),
    1,
  );
  const textSize = Math.min(MAX_TEXT, (cell - 4) / (longest * CHARACTER_SHARE));
  const move = (event: KeyboardEvent<SVGGElement>, place: Place, opened: Cell) => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      onOpen(opened);
      return;
    }
    const next = placeAfterKey(event, place, size, 5);
    if (next === undefined) return;
    event.preventDefault();
    setFocus(next);
    const there = svg.current?.querySelector(`[data-place="${next.row}-${next.column}"]`);
    if (there instanceof SVGElement) there.focus();
  };
  return (
    <svg
      ref={svg}
      role="grid"
      aria-label={label}
      className="matrix-svg"
      width={left + size * cell + right}
      height={top + size * cell + 1}
      onPointerLeave={() => {
        onPoint(undefined);
      }}
    >
      <g role="row">
        <text role="columnheader" className="matrix-corner" x={left - 6} y={top - 8}>
          <tspan x={left - 6} dy="-1.2em">
            predicted →
          </tspan>
          <tspan x={left - 6} dy="1.2em">
            true ↓
          </tspan>
        </text>
        {order.map((index, column) => (
          <text
            key={index}
            role="columnheader"
            className="matrix-label"
            transform={`translate(${left + (column + 0.5) * cell + 3} ${top - 6}) rotate(-45)`}
          >
            <title>{names[index]}</title>
            {shortened(names[index] ?? '', left)}
          </text>
        ))}
      </g>
      {order.map((rowClass, row) => (
        <g key={rowClass} role="row">
          <text
            role="rowheader"
            className="matrix-label matrix-label-row"
            x={left - 6}
            y={top + (row + 0.5) * cell}
          >
            <title>{names[rowClass]}</title>
            {shortened(names[rowClass] ?? '', left)}
          </text>
          {order.map((columnClass, column) => {
            const colour = view.colour(rowClass, columnClass);
            const text = textSize < MIN_TEXT ? '' : view.text(rowClass, columnClass);
            const here = { row: rowClass, column: columnClass };
            const isSelected = selected?.row === rowClass && selected.column === columnClass;
            return (
              <g
                key={columnClass}
                role="gridcell"
                className={`matrix-cell${isSelected ? ' matrix-cell-selected' : ''}`}
                transform={`translate(${left + column * cell} ${top + row * cell})`}
                data-place={`${row}-${column}`}
                tabIndex={
                  row === Math.min(focus.row, size - 1) &&
                  column === Math.min(focus.column, size - 1)
                    ? 0
                    : -1
                }
                aria-label={view.describe(rowClass, columnClass)}
                aria-selected={isSelected}
                onClick={() => {
                  setFocus({ row, column });
                  onOpen(here);
                }}
                onFocus={() => {
                  setFocus({ row, column });
                  onPoint(here);
                }}
                onBlur={() => {
                  onPoint(undefined);
                }}
                onPointerEnter={() => {
                  onPoint(here);
                }}
                onKeyDown={(event) => {
                  move(event, { row, column }, here);
                }}
              >
                <title>{view.describe(rowClass, columnClass)}</title>
                <rect
                  width={cell - 1}
                  height={cell - 1}
                  {...(colour === undefined
                    ? { className: 'matrix-empty' }
                    : { fill: css(colour) })}
                />
                {text !== '' && (
                  <text
                    className="matrix-text"
                    x={cell / 2}
                    y={cell / 2}
                    fontSize={textSize}
                    fill={colour === undefined ? 'var(--text-soft)' : inkOn(colour)}
                  >
                    {text}
                  </text>
                )}
              </g>
            );
          })}
        </g>
      ))}
    </svg>
  );
}
