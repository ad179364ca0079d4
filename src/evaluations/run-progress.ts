/** How far a run is, and how long it still takes. */
import { Field, Float, Int, ObjectType } from 'type-graphql';
import { type EvaluationRun, RunState } from './evaluation-run.entity';

@ObjectType('EvaluationRunProgress')
export class RunProgress {
  @Field(() => Int)
  samplesDone!: number;

  @Field(() => Int)
  samplesTotal!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Since the start of the run; null before the first batch.',
  })
  imagesPerSecond!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'At the rate so far; null while none is known.',
  })
  secondsLeft!: number | null;
}

/** @param now measures the rate of a run that is under way */
export function progressOf(run: EvaluationRun, now: Date): RunProgress {
  const { samplesTotal, startedAt } = run;
  const samplesDone = samplesSeen(run);
  const seconds = startedAt ? ((run.finishedAt ?? now).getTime() - startedAt.getTime()) / 1000 : 0;
  const imagesPerSecond = samplesDone > 0 && seconds > 0 ? samplesDone / seconds : null;
  const secondsLeft =
    run.state === RunState.RUNNING && imagesPerSecond !== null
      ? (samplesTotal - samplesDone) / imagesPerSecond
      : null;
  return { samplesDone, samplesTotal, imagesPerSecond, secondsLeft };
}

/** All samples that were evaluated so far, also those of shards that are not done yet. */
export function samplesSeen({ samplesDone, samplesUnderWay }: EvaluationRun): number {
  return samplesDone + samplesUnderWay;
}
