/** Lineage: what a checkpoint was made from, and what was made from it; deleted ones too. */
import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { FirstArgs } from '../../graphql-args';
import { Checkpoint } from '../checkpoint.entity';
import type { CheckpointContext } from '../checkpoint-loaders';

@Resolver(() => Checkpoint)
export class LineageResolver {
  @FieldResolver(() => Checkpoint, {
    nullable: true,
    description: 'What it was made from (trained on, pruned, quantised, …); a deleted one too.',
  })
  async parent(
    @Root() { parentId }: Checkpoint,
    @Ctx() { loaders }: CheckpointContext,
  ): Promise<Checkpoint | null> {
    return parentId === null ? null : loaders.checkpoint.load(parentId);
  }

  @FieldResolver(() => [Checkpoint], {
    description: 'Its parent, the parent of that and so on; deleted ones too.',
  })
  ancestors(
    @Root() { id }: Checkpoint,
    @Args(() => FirstArgs) { first }: FirstArgs,
    @Ctx() { loaders }: CheckpointContext,
  ): Promise<Checkpoint[]> {
    return loaders.ancestors.load({ checkpointId: id, first });
  }

  @FieldResolver(() => [Checkpoint], {
    description: 'What names it as its parent, newest first; deleted ones too.',
  })
  children(
    @Root() { id }: Checkpoint,
    @Args(() => FirstArgs) { first }: FirstArgs,
    @Ctx() { loaders }: CheckpointContext,
  ): Promise<Checkpoint[]> {
    return loaders.children.load({ checkpointId: id, first });
  }
}
