/** Which results a list is about, as callers say it. */
import {
  ArrayMaxSize,
  IsOptional,
  IsUUID,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { GraphQLDateTimeISO } from 'graphql-scalars';
import { Field, Float, ID, InputType } from 'type-graphql';
import { IsAlias } from '../../checkpoints/checkpoint-inputs';
import { WithoutNul } from '../../graphql-args';
import type { EngineName } from '../../inference/engine';
import { EngineEnum } from '../evaluation-run.entity';
import { type ResultMetric, ResultMetricEnum } from '../result-metric';

const MAX_RANGES = 20;

@InputType({
  description:
    'Results that have the scalar, and have it between these, which belong to the range.',
})
export class MetricRange {
  @Field(() => ResultMetricEnum)
  metric!: ResultMetric;

  @Field(() => Float, { nullable: true })
  min?: number | null;

  @Field(() => Float, { nullable: true })
  max?: number | null;
}

@InputType({ description: 'Each one that is given narrows the list.' })
export class EvaluationResultFilter {
  @Field(() => ID, { nullable: true })
  @IsOptional()
  @IsUUID()
  checkpointId?: string | null;

  @Field(() => String, { nullable: true, description: 'SHA-256 in hex, whatever preprocessing.' })
  @IsOptional()
  @Matches(/^[0-9a-f]{64}$/, { message: '$property must be 64 hex digits in lower case' })
  checkpointDigest?: string | null;

  @Field(() => String, { nullable: true, description: 'What the alias means now.' })
  @IsOptional()
  @IsAlias()
  checkpointAlias?: string | null;

  @Field(() => ID, { nullable: true })
  @IsOptional()
  @IsUUID()
  datasetId?: string | null;

  @Field(() => String, { nullable: true })
  @IsOptional()
  @MaxLength(100)
  @WithoutNul()
  split?: string | null;

  @Field(() => EngineEnum, { nullable: true })
  engine?: EngineName | null;

  @Field(() => GraphQLDateTimeISO, { nullable: true, description: 'That moment is left out.' })
  createdAfter?: Date | null;

  @Field(() => GraphQLDateTimeISO, { nullable: true, description: 'That moment is left out.' })
  createdBefore?: Date | null;

  @Field(() => [MetricRange], { nullable: true, description: `At most ${MAX_RANGES}.` })
  @IsOptional()
  @ArrayMaxSize(MAX_RANGES)
  @ValidateNested({ each: true })
  metrics?: MetricRange[] | null;
}
