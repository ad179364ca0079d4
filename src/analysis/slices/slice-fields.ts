/** What GraphQL shows of slices. */
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { ArgsType, Field, Float, Int, ObjectType, registerEnumType } from 'type-graphql';
import { MetricBounds } from '../../evaluations/scores/score-fields';
import type { SliceKind } from './slice-partitions';

const MAX_FIRST = 100;
export const DEFAULT_FIRST_SLICES = 50;

export const SliceKindEnum = {
  CLASS: 'class',
  BRIGHTNESS: 'brightness',
  CONTRAST: 'contrast',
  INK: 'ink',
  TAG: 'tag',
} as const satisfies Record<string, SliceKind>;
registerEnumType(SliceKindEnum, {
  name: 'SliceKind',
  description:
    'CLASS: the true one. Quartiles of the images: BRIGHTNESS, the mean of the pixels; CONTRAST, their standard deviation; INK, the share of pixels that are not background. TAG: whatever else the dataset tells of a sample.',
});

@ArgsType()
export class SlicesArgs {
  @Field(() => SliceKindEnum, { nullable: true, description: 'All kinds where it is left out.' })
  @IsOptional()
  kind?: SliceKind | null;

  @Field(() => Int, {
    defaultValue: DEFAULT_FIRST_SLICES,
    description: `At most ${MAX_FIRST}.`,
  })
  @IsInt()
  @Min(1)
  @Max(MAX_FIRST)
  first!: number;
}

@ObjectType({ description: 'How well a part of the samples does, against all others.' })
export class ResultSlice {
  @Field(() => SliceKindEnum)
  kind!: SliceKind;

  @Field(() => String, { description: 'Stable: "class Shirt", "brightness Q1", "size large".' })
  name!: string;

  @Field(() => Float, {
    nullable: true,
    description: 'Of a quartile, 0…1: its samples lie above this, those of Q1 from here on.',
  })
  lower!: number | null;

  @Field(() => Float, { nullable: true, description: 'Of a quartile, 0…1: included.' })
  upper!: number | null;

  @Field(() => Int)
  sampleCount!: number;

  @Field(() => Float)
  accuracy!: number;

  @Field(() => MetricBounds, { description: "Wilson's, at 95 %." })
  accuracyInterval!: MetricBounds;

  @Field(() => Float, { description: 'Mean cross-entropy in nats.' })
  loss!: number;

  @Field(() => Float, { description: 'Its accuracy less that of all other samples.' })
  deltaToRest!: number;

  @Field(() => Float, {
    description: "Fisher's exact test, two-sided: is the difference more than chance?",
  })
  pValue!: number;

  @Field(() => Float, {
    description: "By Holm's correction for all slices of the kind, or of all kinds.",
  })
  adjustedPValue!: number;
}
