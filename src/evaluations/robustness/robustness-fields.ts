/** What GraphQL shows of robustness, and what it is asked for. */
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsUUID,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { ArgsType, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { IsAlias } from '../../checkpoints/checkpoint-inputs';
import {
  type Corruption,
  CORRUPTIONS,
  MAX_SEED,
  STRENGTHS,
  type Strength,
} from '../../datasets/corruptions/corruption-name';
import type { EngineName } from '../../inference/engine';
import { EvaluationResult } from '../evaluation-result.entity';
import { EngineEnum, EvaluationRun } from '../evaluation-run.entity';

export const DEFAULT_CORRUPTION_SEED = 42;

export const CorruptionEnum = {
  NOISE: 'noise',
  BLUR: 'blur',
  SHIFT: 'shift',
  ROTATION: 'rotation',
  CONTRAST: 'contrast',
  OCCLUSION: 'occlusion',
} as const satisfies Record<string, Corruption>;
registerEnumType(CorruptionEnum, {
  name: 'Corruption',
  description:
    'NOISE: added to each pixel. BLUR: Gaussian. SHIFT: in one of eight directions. ROTATION: about the centre. CONTRAST: less of it. OCCLUSION: by a grey square.',
});

@InputType()
export class RunRobustnessInput {
  @Field(() => ID, { nullable: true, description: 'Either this or checkpointAlias.' })
  @IsOptional()
  @IsUUID()
  checkpointId?: string;

  @Field(() => String, { nullable: true, description: 'Such as champion: what it means now.' })
  @IsOptional()
  @IsAlias()
  checkpointAlias?: string;

  @Field(() => ID)
  @IsUUID()
  datasetId!: string;

  @Field(() => String, { defaultValue: 'test', description: 'The split that is corrupted.' })
  @IsNotEmpty()
  @MaxLength(60)
  split!: string;

  @Field(() => EngineEnum, { defaultValue: EngineEnum.ONNX })
  engine!: EngineName;

  @Field(() => [CorruptionEnum], { nullable: true, description: 'All where it is left out.' })
  @IsOptional()
  @ArrayMinSize(1)
  @ArrayMaxSize(CORRUPTIONS.length)
  corruptions?: Corruption[] | null;

  @Field(() => [Int], { nullable: true, description: '1 to 5; all where it is left out.' })
  @IsOptional()
  @ArrayMinSize(1)
  @ArrayMaxSize(STRENGTHS.length)
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(STRENGTHS.length, { each: true })
  strengths?: Strength[] | null;

  @Field(() => Int, {
    defaultValue: DEFAULT_CORRUPTION_SEED,
    description: 'The same one makes the same images; 0 or more.',
  })
  @IsInt()
  @Min(0)
  @Max(MAX_SEED)
  seed!: number;
}

@ArgsType()
export class RobustnessArgs {
  @Field(() => Int, {
    defaultValue: DEFAULT_CORRUPTION_SEED,
    description: 'That of the runs, 0 or more.',
  })
  @IsInt()
  @Min(0)
  @Max(MAX_SEED)
  seed!: number;
}

@ObjectType({
  description: "The same checkpoint, dataset and engine on the split's images corrupted.",
})
export class RobustnessCell {
  @Field(() => CorruptionEnum)
  corruption!: Corruption;

  @Field(() => Int, { description: '1 to 5.' })
  strength!: number;

  @Field(() => EvaluationRun, {
    nullable: true,
    description: 'The newest that succeeded, else the newest; null where there was none.',
  })
  run!: EvaluationRun | null;

  @Field(() => EvaluationResult, { nullable: true, description: "The run's; null without one." })
  result!: EvaluationResult | null;
}
