/** Files and layers of a checkpoint over GraphQL. */
import { GraphQLSafeInt } from 'graphql-scalars';
import { Args, Field, FieldResolver, Int, ObjectType, Resolver, Root } from 'type-graphql';
import { ListArgs } from '../graphql-args';
import { Checkpoint } from './checkpoint.entity';
import type { CheckpointContentsReader } from './checkpoint-contents';

/** The first look reads the files' index. */
const LOOK_COST = 50;
const DEFAULT_FIRST = 20;
/** Names come out of the file, and so do operators: they may be of any length. */
const MAX_TEXT_LENGTH = 200;

@ObjectType({ description: 'One of the files that a checkpoint is made of.' })
class CheckpointFile {
  @Field(() => String)
  name!: string;

  @Field(() => GraphQLSafeInt)
  sizeBytes!: number;
}

@ObjectType({ description: 'A layer; of a graph, a node.' })
class CheckpointLayer {
  @Field(() => String, {
    description: `What it or its tensors are called, by the file, at most ${MAX_TEXT_LENGTH} characters; empty where it has no name.`,
  })
  name!: string;

  @Field(() => String, { description: 'What it does, in words; of a graph, the operator.' })
  kind!: string;

  @Field(() => [Int], {
    nullable: true,
    description:
      '[height, width, channels] or [features]; null in a graph, whose shapes only a runtime knows.',
  })
  outputShape!: readonly number[] | null;

  @Field(() => [[GraphQLSafeInt]], {
    description: "Of its weights, in the format's own layout.",
  })
  weightShapes!: readonly (readonly number[])[];

  @Field(() => GraphQLSafeInt, {
    description: 'Trained numbers; of a graph, the elements of all weights that the node takes.',
  })
  parameterCount!: number;
}

@ObjectType()
class CheckpointLayers {
  @Field(() => Int)
  totalCount!: number;

  @Field(() => [CheckpointLayer], { complexity: ({ childComplexity }) => 1 + childComplexity })
  nodes!: readonly CheckpointLayer[];
}

@Resolver(() => Checkpoint)
export class CheckpointContentsResolver {
  constructor(private readonly reader: CheckpointContentsReader) {}

  @FieldResolver(() => [CheckpointFile], {
    complexity: LOOK_COST,
    description: 'In the order of their names; metadata.json is none of what the digest covers.',
  })
  async files(@Root() checkpoint: Checkpoint): Promise<readonly CheckpointFile[]> {
    return (await this.reader.read(checkpoint)).files;
  }

  @FieldResolver(() => CheckpointLayers, {
    complexity: ({ args, childComplexity }) =>
      LOOK_COST + ((args.first as number | undefined) ?? DEFAULT_FIRST) * childComplexity,
    description: 'From input to output; of a graph its nodes, in the order of the file.',
  })
  async layers(
    @Root() checkpoint: Checkpoint,
    @Args(() => ListArgs) { first, offset }: ListArgs,
  ): Promise<CheckpointLayers> {
    const { layers } = await this.reader.read(checkpoint);
    const nodes = layers.slice(offset, offset + first).map((layer) => ({
      ...layer,
      name: layer.name.slice(0, MAX_TEXT_LENGTH),
      kind: layer.kind.slice(0, MAX_TEXT_LENGTH),
    }));
    return { totalCount: layers.length, nodes };
  }
}
