/** The images of a dataset over GraphQL, as addresses. */
import { IsInt, IsOptional, MaxLength, Min } from 'class-validator';
import {
  Args,
  ArgsType,
  Field,
  FieldResolver,
  Int,
  ObjectType,
  Resolver,
  Root,
} from 'type-graphql';
import { ListArgs, WithoutNul } from '../graphql-args';
import { Dataset } from './dataset.entity';
import { DatasetService } from './dataset.service';
import { checkClassIndex } from './class-index';
import { imageUrl } from './images/image-url';

@ObjectType({ description: 'One image of a split with its label.' })
export class DatasetSample {
  @Field(() => Int, { description: 'Position in the split, from 0.' })
  index!: number;

  @Field(() => Int)
  classIndex!: number;

  @Field(() => String)
  className!: string;

  @Field(() => String, { description: 'Where its PNG is, on this origin.' })
  imageUrl!: string;
}

@ArgsType()
class DatasetSamplesArgs extends ListArgs {
  @Field(() => String, { defaultValue: 'test' })
  @MaxLength(100)
  @WithoutNul()
  split!: string;

  @Field(() => Int, { nullable: true, description: 'Only samples of this class.' })
  @IsOptional()
  @IsInt()
  @Min(0)
  classIndex?: number | null;
}

@Resolver(() => Dataset)
export class DatasetSamplesResolver {
  constructor(private readonly service: DatasetService) {}

  @FieldResolver(() => [DatasetSample], { description: 'In the order of the split.' })
  async samples(
    @Root() dataset: Dataset,
    @Args(() => DatasetSamplesArgs) args: DatasetSamplesArgs,
  ): Promise<DatasetSample[]> {
    const { first, offset, classIndex } = args;
    const { classNames, digest } = dataset;
    checkClassIndex(classIndex, classNames.length);
    const { labels, name } = await this.service.loadLabels(dataset, args.split);
    return indexesOf(labels, classIndex ?? undefined, first, offset).map((index) => {
      const label = labels[index] as number;
      return {
        index,
        classIndex: label,
        className: classNames[label] ?? String(label),
        imageUrl: imageUrl(digest, name, index),
      };
    });
  }
}

/** Looks no further than the last one asked for: a million labels take a millisecond. */
function indexesOf(
  labels: Uint16Array,
  classIndex: number | undefined,
  first: number,
  offset: number,
): number[] {
  const found: number[] = [];
  let passed = 0;
  for (let i = 0; i < labels.length && found.length < first; i++) {
    if (classIndex !== undefined && labels[i] !== classIndex) continue;
    if (passed < offset) passed++;
    else found.push(i);
  }
  return found;
}
