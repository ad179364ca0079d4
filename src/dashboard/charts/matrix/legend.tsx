/** What the colours of a matrix stand for. */
import { css, type Ramp } from '../colours/ramp';

interface LegendProps {
  ramp: Ramp;
  /** From the ramp's start to its end, evenly apart. */
  ticks: readonly string[];
  isSigned?: boolean;
}

const STEPS = 32;
const WIDTH = 160;

export function Legend({ ramp, ticks, isSigned = false }: LegendProps) {
  const valueAt = (step: number) => (isSigned ? (2 * step) / (STEPS - 1) - 1 : step / (STEPS - 1));
  return (
    <div className="legend" role="img" aria-label={`Colours from ${ticks.join(' over ')}`}>
      <svg width={WIDTH} height={8} aria-hidden="true">
        {Array.from({ length: STEPS }, (_, step) => (
          <rect
            key={step}
            x={(step * WIDTH) / STEPS}
            width={WIDTH / STEPS + 0.5}
            height={8}
            fill={css(ramp.at(valueAt(step)))}
          />
        ))}
      </svg>
      <div className="legend-ticks" style={{ width: WIDTH }} aria-hidden="true">
        {ticks.map((tick) => (
          <span key={tick}>{tick}</span>
        ))}
      </div>
    </div>
  );
}
