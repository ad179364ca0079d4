/** Aliases over GraphQL: give one, take one away, see where it pointed. */
import {
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
import { ListArgs } from '../graphql-args';
import { Checkpoint } from './checkpoint.entity';
import { CheckpointAlias } from './checkpoint-alias.entity';
import { CheckpointAliasService } from './checkpoint-alias.service';
import { AliasArgs, IsAlias, SetAliasArgs } from './checkpoint-inputs';
import type { CheckpointContext } from './checkpoint-loaders';

@ArgsType()
class HistoryArgs extends ListArgs {
  @Field(() => String)
  @IsAlias()
  alias!: string;
}

@Resolver(() => CheckpointAlias)
export class CheckpointAliasResolver {
  constructor(private readonly service: CheckpointAliasService) {}

  @Authorized('viewer')
  @Query(() => [CheckpointAlias], { description: 'What each alias means now, by name.' })
  checkpointAliases(@Args(() => ListArgs) { first, offset }: ListArgs): Promise<CheckpointAlias[]> {
    return this.service.list(first, offset);
  }

  @Authorized('viewer')
  @Query(() => [CheckpointAlias], { description: 'Newest first.' })
  checkpointAliasHistory(
    @Args(() => HistoryArgs) { alias, first, offset }: HistoryArgs,
  ): Promise<CheckpointAlias[]> {
    return this.service.history(alias, first, offset);
  }

  @Authorized('runner')
  @Mutation(() => CheckpointAlias, {
    description: 'Makes the alias mean this checkpoint, and no other from the same moment on.',
  })
  setCheckpointAlias(
    @Args(() => SetAliasArgs) { alias, checkpointId }: SetAliasArgs,
  ): Promise<CheckpointAlias> {
    return this.service.set(alias, checkpointId);
  }

  @Authorized('runner')
  @Mutation(() => CheckpointAlias, { description: 'Answers with the entry that has ended.' })
  removeCheckpointAlias(@Args(() => AliasArgs) { alias }: AliasArgs): Promise<CheckpointAlias> {
    return this.service.remove(alias);
  }

  @FieldResolver(() => Checkpoint)
  checkpoint(
    @Root() { checkpointId }: CheckpointAlias,
    @Ctx() { loaders }: CheckpointContext,
  ): Promise<Checkpoint> {
    return loaders.checkpoint.load(checkpointId);
  }
}
