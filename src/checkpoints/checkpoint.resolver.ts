/** Checkpoints over GraphQL. */
import { IsOptional, ValidateNested } from 'class-validator';
import {
  Arg,
  Args,
  ArgsType,
  Authorized,
  Ctx,
  Field,
  FieldResolver,
  Mutation,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { IdArgs } from '../graphql-args';
import { type Connection, connectionType, costOfConnection } from '../pagination/connection';
import { ConnectionArgs } from '../pagination/page';
import { Checkpoint } from './checkpoint.entity';
import { CheckpointAliasService } from './checkpoint-alias.service';
import {
  AliasArgs,
  CheckpointFilter,
  DigestArgs,
  RegisterCheckpointInput,
  UpdateCheckpointInput,
} from './checkpoint-inputs';
import type { CheckpointContext } from './checkpoint-loaders';
import { CheckpointRegistration } from './checkpoint-registration';
import { CheckpointService } from './checkpoint.service';

@ArgsType()
class CheckpointsArgs extends ConnectionArgs {
  @Field(() => CheckpointFilter, { nullable: true })
  @IsOptional()
  @ValidateNested()
  filter?: CheckpointFilter;
}

const CheckpointConnection = connectionType(() => Checkpoint, 'Checkpoint');

@Resolver(() => Checkpoint)
export class CheckpointResolver {
  constructor(
    private readonly service: CheckpointService,
    private readonly registration: CheckpointRegistration,
    private readonly aliasService: CheckpointAliasService,
  ) {}

  @Authorized('viewer')
  @Query(() => CheckpointConnection, { complexity: costOfConnection, description: 'Newest first.' })
  checkpoints(
    @Args(() => CheckpointsArgs) { filter, ...page }: CheckpointsArgs,
  ): Promise<Connection<Checkpoint>> {
    return this.service.list(filter ?? {}, page);
  }

  @Authorized('viewer')
  @Query(() => Checkpoint, { description: 'A deleted one too.' })
  checkpoint(@Args(() => IdArgs) { id }: IdArgs): Promise<Checkpoint> {
    return this.service.get(id);
  }

  @Authorized('viewer')
  @Query(() => Checkpoint)
  checkpointByDigest(
    @Args(() => DigestArgs) { digest, preprocessingDigest }: DigestArgs,
  ): Promise<Checkpoint> {
    return this.service.byDigest(digest, preprocessingDigest);
  }

  @Authorized('viewer')
  @Query(() => Checkpoint, { description: 'What the alias means now.' })
  checkpointByAlias(@Args(() => AliasArgs) { alias }: AliasArgs): Promise<Checkpoint> {
    return this.aliasService.resolve(alias);
  }

  @Authorized('runner')
  @Mutation(() => Checkpoint, {
    description:
      'Stores a checkpoint by its content; the same content under the same preprocessing answers with the one there.',
  })
  async registerCheckpoint(
    @Arg('input', () => RegisterCheckpointInput) { path, ...details }: RegisterCheckpointInput,
  ): Promise<Checkpoint> {
    return (await this.registration.insideRoots(path, details)).checkpoint;
  }

  @Authorized('runner')
  @Mutation(() => Checkpoint)
  updateCheckpoint(
    @Arg('input', () => UpdateCheckpointInput) input: UpdateCheckpointInput,
  ): Promise<Checkpoint> {
    return this.service.update(input);
  }

  @Authorized('admin')
  @Mutation(() => Checkpoint, {
    description: 'Hides it from lists and from evaluation; its results stay.',
  })
  deleteCheckpoint(@Args(() => IdArgs) { id }: IdArgs): Promise<Checkpoint> {
    return this.service.delete(id);
  }

  @Authorized('admin')
  @Mutation(() => Checkpoint)
  restoreCheckpoint(@Args(() => IdArgs) { id }: IdArgs): Promise<Checkpoint> {
    return this.service.restore(id);
  }

  @FieldResolver(() => [String], { description: 'What it is called now, sorted.' })
  aliases(@Root() { id }: Checkpoint, @Ctx() { loaders }: CheckpointContext): Promise<string[]> {
    return loaders.aliases.load(id);
  }
}
