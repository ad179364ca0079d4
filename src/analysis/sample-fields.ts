/** What GraphQL shows of a sample that a checkpoint was asked about. */
import { Field, Float, Int, ObjectType, registerEnumType } from 'type-graphql';
import { costOfPage, type Edge, PageInfo } from '../pagination/connection';
import type { ResultPredictions } from './result-predictions';
import type { SampleFigure } from './thread/select-samples';

export const SampleOrderEnum = {
  CONFIDENCE: 'confidence',
  MARGIN: 'margin',
  LOSS: 'loss',
  INDEX: 'index',
} as const satisfies Record<string, SampleFigure>;
registerEnumType(SampleOrderEnum, {
  name: 'SampleOrder',
  description:
    'CONFIDENCE: the probability of the predicted class. MARGIN: by how much it leads. LOSS: of the true class. INDEX: the place in the split.',
});

@ObjectType()
export class ClassProbability {
  @Field(() => Int)
  classIndex!: number;

  @Field(() => String)
  className!: string;

  @Field(() => Float)
  probability!: number;
}

@ObjectType({ description: 'What a checkpoint said of one sample.' })
export class SamplePrediction {
  /** What more is read from when it is asked for. */
  source!: SampleSource;

  @Field(() => Int, { description: 'Position in the split, from 0.' })
  index!: number;

  @Field(() => Int)
  trueClass!: number;

  @Field(() => String)
  trueClassName!: string;

  @Field(() => Int)
  predictedClass!: number;

  @Field(() => String)
  predictedClassName!: string;

  @Field(() => Float, { description: 'Of the predicted class.' })
  probability!: number;

  @Field(() => Float, { description: 'Of the true class.' })
  trueProbability!: number;

  @Field(() => Float, { description: 'The largest probability less the second largest.' })
  margin!: number;

  @Field(() => Float, { description: 'Cross-entropy in nats.' })
  loss!: number;

  @Field(() => String, { description: 'Where its PNG is, on this origin.' })
  imageUrl!: string;
}

export interface SampleSource {
  predictions: ResultPredictions;
  classNames: readonly string[];
  /** Of the dataset. */
  digest: string;
  split: string;
}

@ObjectType()
export class SamplePredictionEdge implements Edge<SamplePrediction> {
  @Field(() => String)
  cursor!: string;

  @Field(() => SamplePrediction)
  node!: SamplePrediction;
}

@ObjectType({ description: 'One page of samples.' })
export class SamplePredictionConnection {
  @Field(() => Int, { description: 'On all pages.' })
  totalCount!: number;

  @Field(() => PageInfo)
  pageInfo!: PageInfo;

  @Field(() => [SamplePredictionEdge], { complexity: costOfPage })
  edges!: SamplePredictionEdge[];

  @Field(() => [SamplePrediction], { complexity: costOfPage })
  nodes!: SamplePrediction[];
}

@ObjectType('LabelError', {
  description: 'A sample whose label is in doubt, by confident learning.',
})
export class SampleLabelError {
  @Field(() => SamplePrediction)
  sample!: SamplePrediction;

  @Field(() => Int, { description: 'The class that the sample seems to be of.' })
  suggestedClass!: number;

  @Field(() => String)
  suggestedClassName!: string;

  @Field(() => Float, {
    description:
      'Probability of the suggested class less that of the label, −1…1: the higher, the likelier an error.',
  })
  score!: number;
}
