/** A value with its interval on a scale that all rows of a table share, so that overlaps are seen at once. */

export interface Estimate {
  value: number;
  interval?: { lower: number; upper: number } | null;
}

type Span = readonly [lower: number, upper: number];

const WIDTH = 160;
const HEIGHT = 14;
const PADDING = 4;

/** From the least to the greatest that any of them may be. */
export function spanOf(estimates: readonly Estimate[]): Span {
  const ends = estimates.flatMap(({ value, interval }) => [
    value,
    interval?.lower ?? value,
    interval?.upper ?? value,
  ]);
  return [Math.min(...ends), Math.max(...ends)];
}

interface IntervalBarProps extends Estimate {
  span: Span;
  /** In words, for the title and for who can't see it. */
  text: string;
}

export function IntervalBar({ value, interval, span: [lower, upper], text }: IntervalBarProps) {
  const place = (at: number) =>
    upper === lower
      ? WIDTH / 2
      : PADDING + ((at - lower) / (upper - lower)) * (WIDTH - 2 * PADDING);
  const middle = HEIGHT / 2;
  return (
    <svg className="interval-bar" width={WIDTH} height={HEIGHT} role="img" aria-label={text}>
      <title>{text}</title>
      <line className="interval-axis" x1={0} x2={WIDTH} y1={middle} y2={middle} />
      {interval && (
        <line
          className="interval-span"
          x1={place(interval.lower)}
          x2={place(interval.upper)}
          y1={middle}
          y2={middle}
        />
      )}
      <circle cx={place(value)} cy={middle} r={3.5} />
    </svg>
  );
}
