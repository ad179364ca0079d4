/**
 * A matrix of hundreds of classes, painted as far as it is in view. One element stands for the cell that has the
 * focus: it moves by keys, says what the cell is, and opens it.
 */
import {
  type KeyboardEvent,
  type PointerEvent,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useScheme } from '../colours/scheme';
import { placeAfterKey } from './cell-keys';
import type { Cell, Place } from './matrix-view';
import type { MatrixPartProps } from './matrix-svg';
import { type Colours, coloursOf, imageOf, paint } from './paint';

/** Of its window, in pixels. */
const HEIGHT = 620;

export function MatrixCanvas({
  label,
  view,
  width,
  margins,
  cell,
  selected,
  onPoint,
  onOpen,
}: MatrixPartProps & { /** Pixels. */ cell: number }) {
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const active = useRef<HTMLDivElement>(null);
  const scheme = useScheme();
  const size = view.order.length;
  const image = useMemo(() => imageOf(view), [view]);
  const [focus, setFocus] = useState<Place>({ row: 0, column: 0 });
  const [pointed, setPointed] = useState<Place>();
  const { left, top } = margins;

  const cellAt = ({ row, column }: Place): Cell => ({
    row: view.order[row] ?? 0,
    column: view.order[column] ?? 0,
  });
  const placeAt = (event: PointerEvent): Place | undefined => {
    const box = scroller.current;
    if (box === null) return undefined;
    const bounds = box.getBoundingClientRect();
    const x = event.clientX - bounds.left - left;
    const y = event.clientY - bounds.top - top;
    if (x < 0 || y < 0 || x >= box.clientWidth - left || y >= box.clientHeight - top) {
      return undefined;
    }
    const place = {
      row: Math.floor((y + box.scrollTop) / cell),
      column: Math.floor((x + box.scrollLeft) / cell),
    };
    return place.row < size && place.column < size ? place : undefined;
  };
  const point = (place: Place | undefined) => {
    if (place?.row === pointed?.row && place?.column === pointed?.column) return;
    setPointed(place);
    onPoint(place === undefined ? undefined : cellAt(place));
  };

  // Asking the browser for them in each frame would make it compute styles again.
  const colours = useRef<Colours>(undefined);
  useEffect(() => {
    if (scroller.current !== null) colours.current = coloursOf(scroller.current);
  }, [scheme]);

  const draw = useCallback(() => {
    const box = scroller.current;
    const surface = canvas.current;
    const context = surface?.getContext('2d', { alpha: false });
    if (box === null || surface === null || !context || colours.current === undefined) return;
    const { clientWidth, clientHeight, scrollLeft, scrollTop } = box;
    const density = window.devicePixelRatio;
    if (
      surface.width !== Math.round(clientWidth * density) ||
      surface.height !== Math.round(clientHeight * density)
    ) {
      surface.width = Math.round(clientWidth * density);
      surface.height = Math.round(clientHeight * density);
      surface.style.width = `${clientWidth}px`;
      surface.style.height = `${clientHeight}px`;
    }
    context.setTransform(density, 0, 0, density, 0, 0);
    paint(context, {
      view,
      image,
      colours: colours.current,
      margins,
      cell,
      width: clientWidth,
      height: clientHeight,
      scrollLeft,
      scrollTop,
      pointed,
    });
  }, [view, image, margins, cell, pointed]);

  useEffect(draw, [draw, scheme, width]);

  const waiting = useRef(0);
  const drawSoon = () => {
    if (waiting.current !== 0) return;
    waiting.current = requestAnimationFrame(() => {
      waiting.current = 0;
      draw();
    });
  };

  // The page's window and the matrix's own both go along; names must not cover the cell.
  useEffect(() => {
    const cellElement = active.current;
    if (document.activeElement !== cellElement) return;
    cellElement?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [focus]);

  const goTo = (place: Place) => {
    setFocus(place);
    setPointed(place);
    onPoint(cellAt(place));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      onOpen(cellAt(focus));
      return;
    }
    const page = Math.max(1, Math.floor((HEIGHT - top) / cell) - 1);
    const next = placeAfterKey(event, focus, size, page);
    if (next === undefined) return;
    event.preventDefault();
    goTo(next);
  };
  const focused = cellAt(focus);
  const mark = (place: Place) => ({
    left: left + place.column * cell - 1,
    top: top + place.row * cell - 1,
    width: cell + 1,
    height: cell + 1,
  });
  const selectedPlace = selected && {
    row: view.order.indexOf(selected.row),
    column: view.order.indexOf(selected.column),
  };
  return (
    <div
      ref={scroller}
      className="matrix-window"
      style={{ height: Math.min(HEIGHT, top + size * cell + 16) }}
      onScroll={drawSoon}
      onPointerMove={(event) => {
        point(placeAt(event));
      }}
      onPointerLeave={() => {
        point(undefined);
      }}
      onClick={(event) => {
        const place = placeAt(event as unknown as PointerEvent);
        if (place === undefined) return;
        setFocus(place);
        onOpen(cellAt(place));
        active.current?.focus({ preventScroll: true });
      }}
    >
      <div
        className="matrix-extent"
        style={{ width: left + size * cell + 1, height: top + size * cell + 1 }}
      >
        <canvas ref={canvas} className="matrix-canvas" aria-hidden="true" />
        <div
          className="matrix-grid"
          role="grid"
          aria-label={label}
          aria-rowcount={size}
          aria-colcount={size}
        >
          <div role="row" aria-rowindex={focus.row + 1}>
            <div
              ref={active}
              role="gridcell"
              className="matrix-active"
              tabIndex={0}
              aria-colindex={focus.column + 1}
              aria-selected={selected?.row === focused.row && selected.column === focused.column}
              aria-label={view.describe(focused.row, focused.column)}
              style={{ ...mark(focus), scrollMarginTop: top, scrollMarginLeft: left }}
              onKeyDown={onKeyDown}
              onFocus={() => {
                setPointed(focus);
                onPoint(focused);
              }}
              onBlur={() => {
                point(undefined);
              }}
            />
          </div>
        </div>
        {selectedPlace !== undefined && (
          <div className="matrix-selected" aria-hidden="true" style={mark(selectedPlace)} />
        )}
      </div>
    </div>
  );
}
