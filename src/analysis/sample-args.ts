/** What lists of samples are asked for. */
import { IsBoolean, IsInt, IsOptional, Max, Min, ValidateNested } from 'class-validator';
import { ArgsType, Field, InputType, Int } from 'type-graphql';
import { OrderDirection } from '../pagination/order-direction';
import { SampleOrderEnum } from './sample-fields';
import type { SampleFigure } from './thread/select-samples';

const MAX_FIRST = 100;
export const DEFAULT_FIRST = 20;
@InputType({ description: 'Only what is given narrows the list.' })
class SampleFilter {
  @Field(() => Int, { nullable: true })
  @IsOptional()
  @IsInt()
  @Min(0)
  trueClass?: number | null;

  @Field(() => Int, { nullable: true })
  @IsOptional()
  @IsInt()
  @Min(0)
  predictedClass?: number | null;

  @Field(() => Boolean, { nullable: true })
  @IsOptional()
  @IsBoolean()
  correct?: boolean | null;
}

@ArgsType()
export class FirstArgs {
  @Field(() => Int, { defaultValue: DEFAULT_FIRST, description: `At most ${MAX_FIRST}.` })
  @IsInt()
  @Min(1)
  @Max(MAX_FIRST)
  first!: number;
}

@ArgsType()
export class TopArgs {
  @Field(() => Int, { defaultValue: 5, description: `At most ${MAX_FIRST}.` })
  @IsInt()
  @Min(1)
  @Max(MAX_FIRST)
  first!: number;
}

@ArgsType()
export class SamplesArgs {
  @Field(() => SampleFilter, { nullable: true })
  @IsOptional()
  @ValidateNested()
  filter?: SampleFilter | null;

  @Field(() => SampleOrderEnum, { defaultValue: SampleOrderEnum.CONFIDENCE })
  orderBy!: SampleFigure;

  @Field(() => OrderDirection, { defaultValue: OrderDirection.DESC })
  direction!: OrderDirection;

  @Field(() => Int, {
    nullable: true,
    defaultValue: DEFAULT_FIRST,
    description: `At most ${MAX_FIRST}.`,
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_FIRST)
  first?: number | null;

  @Field(() => String, { nullable: true, description: "A page's endCursor." })
  after?: string | null;
}
