/** Paints the part of a large matrix that is in view. The cells are one image, so that a frame costs the same at any size. */
import { inkOn } from '../colours/ramp';
import { type MatrixView, type Margins, type Place, shortened } from './matrix-view';

/** The whole matrix, one pixel a cell; what is empty stays transparent. */
export function imageOf({ order, colour }: MatrixView): HTMLCanvasElement {
  const size = order.length;
  const canvas = document.createElement('canvas');
  canvas.width = size;
  canvas.height = size;
  const context = canvas.getContext('2d');
  if (context === null) return canvas;
  const image = context.createImageData(size, size);
  let at = 0;
  for (const row of order) {
    for (const column of order) {
      const rgb = colour(row, column);
      if (rgb !== undefined) image.data.set([...rgb, 255], at);
      at += 4;
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

export interface Colours {
  surface: string;
  line: string;
  text: string;
  soft: string;
  font: string;
}

export interface Frame {
  view: MatrixView;
  image: HTMLCanvasElement;
  colours: Colours;
  margins: Margins;
  /** Pixels of a cell. */
  cell: number;
  /** Of the whole, in CSS pixels. */
  width: number;
  height: number;
  scrollLeft: number;
  scrollTop: number;
  /** Its row's and column's names stand out. */
  pointed: Place | undefined;
}

const MIN_CELL_WITH_TEXT = 20;
const MIN_CELL_WITH_LINES = 8;
const ROW_NAME_PIXELS = 12;
/** Names that lean by 45° are nearer to each other than their columns are. */
const COLUMN_NAME_PIXELS = 18;

export function paint(context: CanvasRenderingContext2D, frame: Frame): void {
  const { colours, margins, cell, width, height, scrollLeft, scrollTop, view } = frame;
  const size = view.order.length;
  const { left, top } = margins;
  context.fillStyle = colours.surface;
  context.fillRect(0, 0, width, height);
  const first = { row: Math.floor(scrollTop / cell), column: Math.floor(scrollLeft / cell) };
  const last = {
    row: Math.min(size, Math.ceil((scrollTop + height - top) / cell)),
    column: Math.min(size, Math.ceil((scrollLeft + width - left) / cell)),
  };
  const x = (column: number) => left + column * cell - scrollLeft;
  const y = (row: number) => top + row * cell - scrollTop;
  context.save();
  context.beginPath();
  context.rect(left, top, width - left, height - top);
  context.clip();
  context.imageSmoothingEnabled = false;
  context.drawImage(
    frame.image,
    first.column,
    first.row,
    last.column - first.column,
    last.row - first.row,
    x(first.column),
    y(first.row),
    (last.column - first.column) * cell,
    (last.row - first.row) * cell,
  );
  if (cell >= MIN_CELL_WITH_LINES) paintLines(context, frame, first, last, x, y);
  if (cell >= MIN_CELL_WITH_TEXT) paintTexts(context, frame, first, last, x, y);
  context.restore();
  paintNames(context, frame, first, last, x, y);
}

type Along = (place: number) => number;

function paintLines(
  context: CanvasRenderingContext2D,
  { colours, cell }: Frame,
  first: Place,
  last: Place,
  x: Along,
  y: Along,
): void {
  context.fillStyle = colours.line;
  for (let column = first.column; column <= last.column; column++) {
    context.fillRect(x(column) - 1, y(first.row), 1, (last.row - first.row) * cell);
  }
  for (let row = first.row; row <= last.row; row++) {
    context.fillRect(x(first.column), y(row) - 1, (last.column - first.column) * cell, 1);
  }
}

function paintTexts(
  context: CanvasRenderingContext2D,
  { view, cell, colours }: Frame,
  first: Place,
  last: Place,
  x: Along,
  y: Along,
): void {
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.font = `${Math.min(11, cell * 0.42)}px ${colours.font}`;
  for (const [step, row] of view.order.slice(first.row, last.row).entries()) {
    for (const [over, column] of view.order.slice(first.column, last.column).entries()) {
      const colour = view.colour(row, column);
      if (colour === undefined) continue;
      context.fillStyle = inkOn(colour);
      const centre = cell / 2 - 0.5;
      context.fillText(
        view.text(row, column),
        x(first.column + over) + centre,
        y(first.row + step) + centre,
        cell - 2,
      );
    }
  }
}

function paintNames(
  context: CanvasRenderingContext2D,
  { view, cell, colours, margins, width, height, pointed }: Frame,
  first: Place,
  last: Place,
  x: Along,
  y: Along,
): void {
  const { names, order } = view;
  const { left, top } = margins;
  context.font = `12px ${colours.font}`;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  const nameAt = (place: number) => shortened(names[order[place] ?? 0] ?? '', left);
  /** Those at every n-th place, without the ones that the pointed one's name would cover. */
  const shown = (from: number, to: number, pointedAt: number | undefined, pixels: number) => {
    const every = Math.max(1, Math.ceil(pixels / cell));
    const places: number[] = [];
    for (let place = Math.ceil(from / every) * every; place < to; place += every) {
      if (pointedAt === undefined || Math.abs(place - pointedAt) * cell >= pixels) {
        places.push(place);
      }
    }
    return pointedAt === undefined ? places : [...places, pointedAt];
  };
  context.save();
  context.beginPath();
  context.rect(0, top, left, height - top);
  context.clip();
  for (const row of shown(first.row, last.row, pointed?.row, ROW_NAME_PIXELS)) {
    context.fillStyle = row === pointed?.row ? colours.text : colours.soft;
    context.fillText(nameAt(row), left - 6, y(row) + cell / 2);
  }
  context.restore();
  context.save();
  context.beginPath();
  context.rect(left - 10, 0, width - left + 10, top);
  context.clip();
  context.textAlign = 'left';
  for (const column of shown(first.column, last.column, pointed?.column, COLUMN_NAME_PIXELS)) {
    context.save();
    context.translate(x(column) + cell / 2 + 3, top - 6);
    context.rotate(-Math.PI / 4);
    context.fillStyle = column === pointed?.column ? colours.text : colours.soft;
    context.fillText(nameAt(column), 0, 0);
    context.restore();
  }
  context.restore();
  context.fillStyle = colours.line;
  context.fillRect(left - 1, top, 1, height - top);
  context.fillRect(left, top - 1, width - left, 1);
}

export function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element);
  const probe = (name: string) => resolved(element, `var(${name})`);
  return {
    surface: probe('--surface'),
    line: probe('--grid'),
    text: probe('--text'),
    soft: probe('--text-soft'),
    font: style.fontFamily,
  };
}

/** A canvas knows neither var() nor light-dark(): the browser computes them on an element. */
function resolved(parent: Element, value: string): string {
  const probe = document.createElement('span');
  probe.style.color = value;
  parent.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
