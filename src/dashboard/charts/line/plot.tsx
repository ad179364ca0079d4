/** The frame of a chart whose two axes are shares from 0 to 1 or any other range. */
import { scaleLinear, type ScaleLinear } from 'd3-scale';
import { type ReactNode, type RefObject, useRef } from 'react';
import { standAlone } from '../save/drawing';
import { type CsvCell } from '../save/csv';
import { SaveMenu } from '../save/save-menu';
import { useWidth } from '../use-width';
import './plot.css';

export interface Scales {
  x: ScaleLinear<number, number>;
  y: ScaleLinear<number, number>;
}

interface PlotProps {
  title: string;
  /** For who can't see it: what it shows, in a sentence. */
  description: string;
  xLabel: string;
  yLabel: string;
  /** In the reader's locale. */
  format: (value: number) => string;
  /** Where the axis below is of another kind. */
  formatX?: (value: number) => string;
  /** About how many lines the axis below has. */
  xTicks?: number;
  xDomain?: readonly [number, number];
  yDomain?: readonly [number, number];
  /** Of height by width. */
  ratio?: number;
  maxWidth?: number;
  children: (scales: Scales) => ReactNode;
  legend?: ReactNode;
  csv: () => readonly (readonly CsvCell[])[];
}

const MARGIN = { left: 52, right: 22, top: 10, bottom: 40 };
const TICKS = 5;

export function Plot({
  title,
  description,
  xLabel,
  yLabel,
  format,
  formatX = format,
  xTicks = TICKS,
  xDomain = [0, 1],
  yDomain = [0, 1],
  ratio = 0.8,
  maxWidth = 560,
  children,
  legend,
  csv,
}: PlotProps) {
  const [ref, available] = useWidth<HTMLDivElement>();
  const svg = useRef<SVGSVGElement>(null);
  const width = Math.min(available, maxWidth);
  const height = Math.round(width * ratio);
  const x = scaleLinear(xDomain, [MARGIN.left, width - MARGIN.right]);
  const y = scaleLinear(yDomain, [height - MARGIN.bottom, MARGIN.top]);
  return (
    <div className="plot">
      <div ref={ref} className="plot-place">
        {width > 0 && (
          <svg ref={svg} width={width} height={height} role="img" aria-label={description}>
            <Axes {...{ x, y, width, height, xLabel, yLabel, format, formatX, xTicks }} />
            {children({ x, y })}
          </svg>
        )}
      </div>
      <div className="chart-foot">
        <div>{legend}</div>
        <SaveMenu title={title} rows={csv} drawing={() => pictureOf(svg)} />
      </div>
    </div>
  );
}

function pictureOf(svg: RefObject<SVGSVGElement | null>): SVGSVGElement | undefined {
  return svg.current === null ? undefined : standAlone(svg.current);
}

interface AxesProps extends Scales {
  width: number;
  height: number;
  xLabel: string;
  yLabel: string;
  format: (value: number) => string;
  formatX: (value: number) => string;
  xTicks: number;
}

function Axes({ x, y, width, height, xLabel, yLabel, format, formatX, xTicks }: AxesProps) {
  const bottom = height - MARGIN.bottom;
  return (
    <g className="plot-axes">
      {y.ticks(TICKS).map((tick) => (
        <g key={tick}>
          <line x1={MARGIN.left} x2={width - MARGIN.right} y1={y(tick)} y2={y(tick)} />
          <text className="plot-tick-y" x={MARGIN.left - 6} y={y(tick)}>
            {format(tick)}
          </text>
        </g>
      ))}
      {x.ticks(xTicks).map((tick) => (
        <g key={tick}>
          <line x1={x(tick)} x2={x(tick)} y1={MARGIN.top} y2={bottom} />
          <text className="plot-tick-x" x={x(tick)} y={bottom + 14}>
            {formatX(tick)}
          </text>
        </g>
      ))}
      <text
        className="plot-tick-x plot-label"
        x={(MARGIN.left + width - MARGIN.right) / 2}
        y={height - 8}
      >
        {xLabel}
      </text>
      <text
        className="plot-tick-x plot-label"
        transform={`translate(12 ${(MARGIN.top + bottom) / 2}) rotate(-90)`}
      >
        {yLabel}
      </text>
    </g>
  );
}

/** Points as the `d` of a path. */
export function pathThrough(points: readonly { x: number; y: number }[], { x, y }: Scales): string {
  return points
    .map((point, index) => `${index === 0 ? 'M' : 'L'}${round(x(point.x))} ${round(y(point.y))}`)
    .join('');
}

const round = (pixels: number) => Math.round(pixels * 10) / 10;
