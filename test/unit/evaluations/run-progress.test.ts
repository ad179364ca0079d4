/** What a reader is told of a run under way: rate and time left, or nothing rather than nonsense. */
import { EvaluationRun, RunState } from '../../../src/evaluations/evaluation-run.entity';
import { progressOf } from '../../../src/evaluations/run-progress';

const START = new Date('2030-01-01T00:00:00Z');
const later = (seconds: number) => new Date(START.getTime() + seconds * 1000);

function runWith(more: Partial<EvaluationRun>): EvaluationRun {
  return Object.assign(new EvaluationRun(), {
    state: RunState.RUNNING,
    // Of shards that are done, and of those under way: both count.
    samplesDone: 400,
    samplesUnderWay: 100,
    samplesTotal: 2000,
    startedAt: START,
    finishedAt: null,
    ...more,
  });
}

describe('progressOf', () => {
  it('reckons rate and time left from the start of the run', () => {
    expect(progressOf(runWith({}), later(10))).toEqual({
      samplesDone: 500,
      samplesTotal: 2000,
      imagesPerSecond: 50,
      secondsLeft: 30,
    });
  });

  it('knows neither before the first batch, nor while the run waits', () => {
    const unknown = { imagesPerSecond: null, secondsLeft: null };
    expect(progressOf(runWith({ samplesDone: 0, samplesUnderWay: 0 }), later(3))).toMatchObject(
      unknown,
    );
    const queued = runWith({
      state: RunState.QUEUED,
      samplesDone: 0,
      samplesUnderWay: 0,
      startedAt: null,
    });
    expect(progressOf(queued, later(3))).toMatchObject(unknown);
  });

  it('knows neither where no time has passed, or the clocks of two machines differ', () => {
    expect(progressOf(runWith({}), START).imagesPerSecond).toBeNull();
    expect(progressOf(runWith({}), later(-5)).secondsLeft).toBeNull();
  });

  it('keeps the rate of an ended run, whenever it is asked, and has no time left', () => {
    const ended = runWith({
      state: RunState.SUCCEEDED,
      samplesDone: 2000,
      samplesUnderWay: 0,
      finishedAt: later(20),
    });
    const told = { imagesPerSecond: 100, secondsLeft: null };
    expect(progressOf(ended, later(20))).toMatchObject(told);
    expect(progressOf(ended, later(9000))).toMatchObject(told);
  });
});
