/** Runs over GraphQL: start one, follow it. */
import {
  IsBoolean,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Max,
  MaxLength,
  Min,
  validateSync,
} from 'class-validator';
import {
  Arg,
  Args,
  ArgumentValidationError,
  Authorized,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  Query,
  Resolver,
  type SubscribeResolverData,
  Root,
  Subscription,
} from 'type-graphql';
import { Checkpoint } from '../checkpoints/checkpoint.entity';
import { IsAlias } from '../checkpoints/checkpoint-inputs';
import { Dataset } from '../datasets/dataset.entity';
import { DEFAULT_BATCH_SIZE, MAX_BATCH_SIZE } from '../inference/batch-size';
import type { EngineName } from '../inference/engine';
import { IdArgs, WithoutNul } from '../graphql-args';
import { EvaluationResult } from './evaluation-result.entity';
import { EngineEnum, EvaluationRun, RunFailure } from './evaluation-run.entity';
import { EvaluationService } from './evaluation.service';
import type { EvaluationContext } from './loaders';
import { progressOf, RunProgress } from './run-progress';

@InputType()
export class RunEvaluationInput {
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

  @Field(() => String, { defaultValue: 'test' })
  @IsNotEmpty()
  @MaxLength(100)
  split!: string;

  @Field(() => EngineEnum, { defaultValue: EngineEnum.ONNX })
  engine!: EngineName;

  @Field(() => Int, {
    defaultValue: DEFAULT_BATCH_SIZE,
    description: `Images a forward pass; 1 to ${MAX_BATCH_SIZE}.`,
  })
  @IsInt()
  @Min(1)
  @Max(MAX_BATCH_SIZE)
  batchSize!: number;

  @Field(() => String, {
    nullable: true,
    description: 'The same key gives the same run, however often it is sent; 1 to 200 characters.',
  })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  @WithoutNul()
  idempotencyKey?: string;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Evaluate again where an equal result is stored.',
  })
  @IsBoolean()
  force!: boolean;
}

@Resolver(() => EvaluationRun)
export class EvaluationRunResolver {
  constructor(private readonly service: EvaluationService) {}

  @Authorized('runner')
  @Mutation(() => EvaluationRun, {
    description:
      'Answers at once with a QUEUED run, or with the run that has an equal result: same checkpoint, data, split, engine version and preprocessing.',
  })
  runEvaluation(
    @Arg('input', () => RunEvaluationInput) input: RunEvaluationInput,
  ): Promise<EvaluationRun> {
    return this.service.request(input);
  }

  @Authorized('runner')
  @Mutation(() => EvaluationRun, { description: 'A run that has ended stays as it is.' })
  cancelEvaluation(@Args(() => IdArgs) { id }: IdArgs): Promise<EvaluationRun> {
    return this.service.cancel(id);
  }

  @Authorized('runner')
  @Mutation(() => EvaluationRun, { description: 'Does what is missing of a FAILED run.' })
  retryEvaluation(@Args(() => IdArgs) { id }: IdArgs): Promise<EvaluationRun> {
    return this.service.retry(id);
  }

  @Authorized('viewer')
  @Query(() => EvaluationRun)
  evaluationRun(@Args(() => IdArgs) { id }: IdArgs): Promise<EvaluationRun> {
    return this.service.run(id);
  }

  @Authorized('viewer')
  @Subscription(() => EvaluationRun, {
    subscribe: ({ args, context }: SubscribeResolverData<unknown, IdArgs, EvaluationContext>) =>
      context.watchRun(checkedId(args)),
    description: 'The run as it is now, then at each change, until it has ended.',
  })
  evaluationRunUpdated(@Args(() => IdArgs) _args: IdArgs, @Root() run: EvaluationRun) {
    return run;
  }

  @FieldResolver(() => Checkpoint)
  checkpoint(@Root() run: EvaluationRun, @Ctx() { loaders }: EvaluationContext) {
    return loaders.checkpoint.load(run.checkpointId);
  }

  @FieldResolver(() => Dataset)
  dataset(@Root() run: EvaluationRun, @Ctx() { loaders }: EvaluationContext) {
    return loaders.dataset.load(run.datasetId);
  }

  @FieldResolver(() => RunProgress)
  progress(@Root() run: EvaluationRun): RunProgress {
    return progressOf(run, new Date());
  }

  @FieldResolver(() => RunFailure, { nullable: true })
  failure(@Root() { failureCode, failureMessage }: EvaluationRun): RunFailure | null {
    return failureCode === null ? null : { code: failureCode, message: failureMessage ?? '' };
  }

  @FieldResolver(() => EvaluationResult, { nullable: true })
  result(@Root() run: EvaluationRun, @Ctx() { loaders }: EvaluationContext) {
    return loaders.result.load(run.id);
  }
}

/** A subscription's source is asked for before type-graphql validates the arguments. */
function checkedId(args: IdArgs): string {
  const given = Object.assign(new IdArgs(), args);
  const errors = validateSync(given, { validationError: { target: false, value: false } });
  if (errors.length > 0) throw new ArgumentValidationError(errors);
  return given.id;
}
