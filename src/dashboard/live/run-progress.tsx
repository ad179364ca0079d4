/** How far a run is: samples, images a second, time left. */
import type { LiveRunFragment } from '../gql/graphql';
import { duration, integer } from '../ui/format';

interface RunProgressProps {
  run: Pick<LiveRunFragment, 'state' | 'progress'>;
  /** Where there is little room. */
  brief?: boolean;
}

export function RunProgress({ run: { state, progress }, brief = false }: RunProgressProps) {
  const { samplesDone, samplesTotal, imagesPerSecond, secondsLeft } = progress;
  const figures = [
    `${integer(samplesDone)} of ${integer(samplesTotal)} samples`,
    typeof imagesPerSecond === 'number' && `${integer(imagesPerSecond)} images/s`,
    state === 'RUNNING' &&
      typeof secondsLeft === 'number' &&
      `${duration(secondsLeft * 1_000)} left`,
    state === 'QUEUED' && 'waits for a worker',
  ].filter((figure) => figure !== false);
  return (
    <div className={`run-progress${brief ? ' brief' : ''}`}>
      <progress max={Math.max(samplesTotal, 1)} value={samplesDone} aria-label="Samples done" />
      <span>{(brief ? figures.slice(0, 1) : figures).join(' · ')}</span>
    </div>
  );
}
