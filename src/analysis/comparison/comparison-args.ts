/** What comparisons are asked for. */
import { ArrayMaxSize, ArrayMinSize, IsInt, IsNumber, IsUUID, Max, Min } from 'class-validator';
import { ArgsType, Field, Float, ID, Int } from 'type-graphql';
import { ListArgs } from '../../graphql-args';
import { DEFAULT_RESAMPLES, MAX_RESAMPLES } from '../../metrics/statistics/bootstrap-options';
import { DEFAULT_LEVEL } from '../../metrics/statistics/interval';
import { FlipKindEnum } from './comparison-fields';
import type { FlipKind } from './select-flips';

export const DEFAULT_SEED = 42;
const MAX_CANDIDATES = 20;

@ArgsType()
export class CompareArgs {
  @Field(() => ID)
  @IsUUID()
  baselineId!: string;

  @Field(() => ID)
  @IsUUID()
  candidateId!: string;

  @Field(() => Float, {
    defaultValue: DEFAULT_LEVEL,
    description: 'Of the intervals, above 0.5 and below 1; the verdict is at 1 − level.',
  })
  @IsNumber()
  @Min(0.5)
  @Max(0.9999)
  level!: number;

  @Field(() => Int, {
    defaultValue: DEFAULT_RESAMPLES,
    description: `Of the paired bootstrap, 100 to ${MAX_RESAMPLES}.`,
  })
  @IsInt()
  @Min(100)
  @Max(MAX_RESAMPLES)
  resamples!: number;

  @Field(() => Int, {
    defaultValue: DEFAULT_SEED,
    description: 'The same one gives the same intervals.',
  })
  @IsInt()
  @Min(0)
  seed!: number;
}

@ArgsType()
export class CompareManyArgs {
  @Field(() => ID)
  @IsUUID()
  baselineId!: string;

  @Field(() => [ID], { description: `1 to ${MAX_CANDIDATES}, each once.` })
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_CANDIDATES)
  @IsUUID(undefined, { each: true })
  candidateIds!: string[];
}

@ArgsType()
export class FlipSamplesArgs extends ListArgs {
  @Field(() => FlipKindEnum)
  kind!: FlipKind;
}
