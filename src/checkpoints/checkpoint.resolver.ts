/** Checkpoints over GraphQL. */
import { IsNotEmpty, IsOptional, MaxLength } from 'class-validator';
import { Arg, Args, Field, InputType, Mutation, Query, Resolver } from 'type-graphql';
import { IdArgs, ListArgs, WithoutNul } from '../graphql-args';
import { Checkpoint } from './checkpoint.entity';
import { CheckpointService } from './checkpoint.service';

@InputType()
export class RegisterCheckpointInput {
  @Field(() => String, {
    description:
      "A file or folder on the service's machine, inside one of the checkpoint_roots of config.yaml.",
  })
  @IsNotEmpty()
  @MaxLength(4096)
  path!: string;

  @Field(() => String, { nullable: true, description: 'What people call it.' })
  @IsOptional()
  @IsNotEmpty()
  @MaxLength(200)
  @WithoutNul()
  name?: string;
}

@Resolver(() => Checkpoint)
export class CheckpointResolver {
  constructor(private readonly service: CheckpointService) {}

  @Query(() => [Checkpoint], { description: 'Newest first.' })
  checkpoints(@Args(() => ListArgs) { first, offset }: ListArgs): Promise<Checkpoint[]> {
    return this.service.list(first, offset);
  }

  @Query(() => Checkpoint)
  checkpoint(@Args(() => IdArgs) { id }: IdArgs): Promise<Checkpoint> {
    return this.service.get(id);
  }

  @Mutation(() => Checkpoint, {
    description: 'Stores a checkpoint by its content; the same content answers with the one there.',
  })
  registerCheckpoint(
    @Arg('input', () => RegisterCheckpointInput) { path, name }: RegisterCheckpointInput,
  ): Promise<Checkpoint> {
    return this.service.registerInsideRoots(path, name);
  }
}
