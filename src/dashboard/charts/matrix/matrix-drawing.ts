/** A large matrix as a picture to save: the cells that hold something, at a size that its names can be read at. */
import { css } from '../colours/ramp';
import type { MatrixView } from './matrix-view';
import { coloursOf } from './paint';

const NAMESPACE = 'http://www.w3.org/2000/svg';
const CELL = 8;
const LABEL = 120;
const TEXT = 7;

/** @param near an element of the page whose colours and type it takes */
export function matrixDrawing(view: MatrixView, near: Element): SVGSVGElement {
  const { names, order } = view;
  const colours = coloursOf(near);
  const side = LABEL + order.length * CELL;
  const svg = element('svg', {
    xmlns: NAMESPACE,
    width: side,
    height: side,
    viewBox: `0 0 ${side} ${side}`,
    'font-family': colours.font,
    'font-size': TEXT,
  });
  svg.append(element('rect', { width: side, height: side, fill: colours.surface }));
  const texts = element('g', { fill: colours.text });
  for (const [place, index] of order.entries()) {
    const middle = LABEL + (place + 0.5) * CELL + TEXT / 3;
    texts.append(
      text(names[index] ?? '', { x: LABEL - 4, y: middle, 'text-anchor': 'end' }),
      text(names[index] ?? '', { transform: `translate(${middle} ${LABEL - 4}) rotate(-90)` }),
    );
  }
  svg.append(texts, ...cells(view));
  return svg;
}

/** Cells of one colour as one path, which keeps the file small. */
function cells({ order, colour }: MatrixView): SVGElement[] {
  const paths = new Map<string, string[]>();
  for (const [rowPlace, row] of order.entries()) {
    for (const [columnPlace, column] of order.entries()) {
      const rgb = colour(row, column);
      if (rgb === undefined) continue;
      const fill = css(rgb);
      const path = paths.get(fill) ?? [];
      path.push(
        `M${LABEL + columnPlace * CELL} ${LABEL + rowPlace * CELL}h${CELL}v${CELL}h-${CELL}z`,
      );
      paths.set(fill, path);
    }
  }
  return [...paths].map(([fill, path]) => element('path', { fill, d: path.join('') }));
}

function text(content: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = element('text', attributes);
  made.textContent = content;
  return made;
}

function element<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string | number>>,
): SVGElementTagNameMap[K] {
  const made = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
