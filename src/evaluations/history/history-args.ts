/** Arguments of the lists over the history. */
import { IsInt, IsOptional, IsUUID, Max, MaxLength, Min, ValidateNested } from 'class-validator';
import { ArgsType, Field, ID, Int } from 'type-graphql';
import { IsAlias } from '../../checkpoints/checkpoint-inputs';
import { WithoutNul } from '../../graphql-args';
import { ConnectionArgs, MAX_PAGE_SIZE } from '../../pagination/page';
import { type ResultMetric, ResultMetricEnum } from '../result-metric';
import { EvaluationResultFilter } from './result-filter';
import { EvaluationResultOrder } from './result-order';
import { EvaluationRunFilter } from './run-list';

@ArgsType()
export class ResultsArgs extends ConnectionArgs {
  @Field(() => EvaluationResultFilter, { nullable: true })
  @IsOptional()
  @ValidateNested()
  filter?: EvaluationResultFilter | null;

  @Field(() => EvaluationResultOrder, { nullable: true, description: 'Newest first without it.' })
  @IsOptional()
  @ValidateNested()
  orderBy?: EvaluationResultOrder | null;
}

@ArgsType()
export class RunsArgs extends ConnectionArgs {
  @Field(() => EvaluationRunFilter, { nullable: true })
  @IsOptional()
  @ValidateNested()
  filter?: EvaluationRunFilter | null;
}

@ArgsType()
class OnSplitArgs {
  @Field(() => ID)
  @IsUUID()
  datasetId!: string;

  @Field(() => String, { defaultValue: 'test' })
  @MaxLength(100)
  @WithoutNul()
  split!: string;
}

@ArgsType()
export class LeaderboardArgs extends OnSplitArgs {
  @Field(() => ResultMetricEnum, { defaultValue: ResultMetricEnum.ACCURACY })
  metric!: ResultMetric;

  @Field(() => Int, { defaultValue: 20, description: `Checkpoints, at most ${MAX_PAGE_SIZE}.` })
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE_SIZE)
  first!: number;
}

@ArgsType()
export class AliasHistoryArgs extends OnSplitArgs {
  @Field(() => String)
  @IsAlias()
  alias!: string;

  @Field(() => Int, { defaultValue: 100, description: `The last ones, at most ${MAX_PAGE_SIZE}.` })
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE_SIZE)
  first!: number;
}
