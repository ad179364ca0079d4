/** Preprocessing over GraphQL: as it is shown, and as a caller gives it. */
import { ArrayMaxSize, ArrayMinSize, IsIn, IsNumber, IsOptional } from 'class-validator';
import { Field, Float, InputType, ObjectType, registerEnumType } from 'type-graphql';
import {
  CHANNEL_ORDERS,
  type ChannelOrder,
  OUTPUT_KINDS,
  type OutputKind,
  type Preprocessing,
  type PreprocessingInput,
} from './preprocessing';

export const ChannelOrderEnum = { RGB: 'RGB', BGR: 'BGR' } as const satisfies Record<
  string,
  ChannelOrder
>;
registerEnumType(ChannelOrderEnum, { name: 'ChannelOrder' });

export const OutputKindEnum = {
  LOGITS: 'logits',
  PROBABILITIES: 'probabilities',
} as const satisfies Record<string, OutputKind>;
registerEnumType(OutputKindEnum, {
  name: 'OutputKind',
  description: 'LOGITS: raw scores, of which softmax makes probabilities.',
});

@ObjectType({
  description:
    "A model's channel c takes (byte × scale − mean[c]) / std[c]; channels are in the order channelOrder.",
})
export class CheckpointPreprocessing implements Preprocessing {
  @Field(() => Float)
  scale!: number;

  @Field(() => [Float], { description: 'One a channel.' })
  mean!: number[];

  @Field(() => [Float], { description: 'One a channel.' })
  std!: number[];

  @Field(() => ChannelOrderEnum)
  channelOrder!: ChannelOrder;

  @Field(() => OutputKindEnum, { description: 'What the model gives.' })
  output!: OutputKind;
}

const MAX_CHANNELS = 16;
const finite = { allowNaN: false, allowInfinity: false };

@InputType({
  description:
    "What is left out is as the checkpoint's own files say, else: scale 1/255, mean 0, std 1, RGB, logits.",
})
export class CheckpointPreprocessingInput implements PreprocessingInput {
  @Field(() => Float, { nullable: true })
  @IsOptional()
  @IsNumber(finite)
  scale?: number;

  @Field(() => [Float], { nullable: true, description: 'One a channel.' })
  @IsOptional()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_CHANNELS)
  @IsNumber(finite, { each: true })
  mean?: number[];

  @Field(() => [Float], { nullable: true, description: 'One a channel.' })
  @IsOptional()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_CHANNELS)
  @IsNumber(finite, { each: true })
  std?: number[];

  @Field(() => ChannelOrderEnum, { nullable: true })
  @IsOptional()
  @IsIn(CHANNEL_ORDERS)
  channelOrder?: ChannelOrder;

  @Field(() => OutputKindEnum, { nullable: true })
  @IsOptional()
  @IsIn(OUTPUT_KINDS)
  output?: OutputKind;
}
