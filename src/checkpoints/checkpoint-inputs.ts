/** What callers say about checkpoints, checked alike over GraphQL, HTTP and in the terminal. */
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsNotEmpty,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
  ValidateNested,
  validateSync,
} from 'class-validator';
import { ArgsType, Field, ID, InputType } from 'type-graphql';
import { UserError } from '../errors';
import { WithoutNul } from '../graphql-args';
import { CheckpointFormatEnum } from './checkpoint.entity';
import { CHECKPOINT_FORMATS, type CheckpointFormat } from './formats/checkpoint-files';
import type { PreprocessingInput } from './preprocessing';
import { CheckpointPreprocessingInput } from './preprocessing-fields';

export const NAME_MAX_LENGTH = 200;
const MAX_TAGS = 50;
const TAG = /^[\p{L}\p{N}][\p{L}\p{N} ._:/-]{0,63}$/u;
/** In no need of quotes in a terminal, and never taken for an id or a digest. */
const ALIAS = /^(?![0-9a-f]{8,}$)(?![0-9a-f]{8}-)[a-z0-9][a-z0-9._-]{0,63}$/;
const PREPROCESSING_FIELDS = [
  'scale',
  'mean',
  'std',
  'channelOrder',
  'output',
] as const satisfies (keyof PreprocessingInput)[];
const NOTES_MAX_LENGTH = 10_000;

/** Letters, digits, `.`, `_` and `-`, in lower case, so that Champion and champion can't differ. */
export const IsAlias = () =>
  Matches(ALIAS, {
    message:
      '$property must be 1 to 64 lower-case letters, digits, ".", "_" or "-", beginning with a letter or digit, and not look like an id or digest',
  });

@InputType()
class Annotations {
  @Field(() => String, { nullable: true, description: 'What people call it.' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(NAME_MAX_LENGTH)
  @WithoutNul()
  name?: string;

  @Field(() => [String], {
    nullable: true,
    description: `At most ${MAX_TAGS}, each of 1 to 64 letters, digits, spaces and . _ : / -`,
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_TAGS)
  @ArrayUnique()
  @Matches(TAG, {
    each: true,
    message: 'each of $property must be 1 to 64 letters, digits, spaces and . _ : / -',
  })
  tags?: string[];

  @Field(() => String, { nullable: true })
  @IsOptional()
  @IsString()
  @MaxLength(NOTES_MAX_LENGTH)
  @WithoutNul()
  notes?: string;

  @Field(() => ID, { nullable: true, description: 'What it was made from; null for nothing here.' })
  @IsOptional()
  @IsUUID()
  parentId?: string | null;
}

@InputType({ description: 'What is said beside the path counts where the content is new.' })
export class RegisterCheckpointInput extends Annotations {
  @Field(() => CheckpointPreprocessingInput, { nullable: true })
  @IsOptional()
  @ValidateNested()
  preprocessing?: CheckpointPreprocessingInput;

  @Field(() => String, {
    description:
      "A file or folder on the service's machine, inside one of the checkpoint_roots of config.yaml.",
  })
  @IsNotEmpty()
  @MaxLength(4096)
  path!: string;
}

@InputType({ description: 'What is left out stays as it is.' })
export class UpdateCheckpointInput extends Annotations {
  @Field(() => ID)
  @IsUUID()
  id!: string;
}

@InputType({ description: 'Each one that is given narrows the list.' })
export class CheckpointFilter {
  @Field(() => CheckpointFormatEnum, { nullable: true })
  @IsOptional()
  @IsIn(CHECKPOINT_FORMATS)
  format?: CheckpointFormat;

  @Field(() => String, { nullable: true, description: 'A part of the name, in any case.' })
  @IsOptional()
  @IsNotEmpty()
  @MaxLength(NAME_MAX_LENGTH)
  @WithoutNul()
  nameContains?: string;

  @Field(() => String, { nullable: true })
  @IsOptional()
  @IsNotEmpty()
  @MaxLength(64)
  @WithoutNul()
  tag?: string;

  @Field(() => String, { nullable: true, description: 'What the alias means now.' })
  @IsOptional()
  @IsAlias()
  alias?: string;

  @Field(() => String, { nullable: true, description: 'The first digits of the SHA-256, in hex.' })
  @IsOptional()
  @Matches(/^[0-9a-f]{4,64}$/, { message: '$property must be 4 to 64 hex digits in lower case' })
  digestPrefix?: string;

  @Field(() => ID, { nullable: true, description: 'With a result on this dataset.' })
  @IsOptional()
  @IsUUID()
  datasetId?: string;

  @Field(() => Boolean, { defaultValue: false })
  includeDeleted!: boolean;
}

@ArgsType()
export class DigestArgs {
  @Field(() => String, { description: 'SHA-256 in hex, all 64 digits.' })
  @IsSha256()
  digest!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Needed where the same content is registered under several preprocessings.',
  })
  @IsOptional()
  @IsSha256()
  preprocessingDigest?: string;
}

@ArgsType()
export class AliasArgs {
  @Field(() => String)
  @IsAlias()
  alias!: string;
}

@ArgsType()
export class SetAliasArgs extends AliasArgs {
  @Field(() => ID)
  @IsUUID()
  checkpointId!: string;
}

function IsSha256(): PropertyDecorator {
  return Matches(/^[0-9a-f]{64}$/, { message: '$property must be 64 hex digits in lower case' });
}

/** What is said about a checkpoint that is registered, wherever it was said. */
export interface CheckpointDetails {
  name?: string;
  tags?: string[];
  notes?: string;
  parentId?: string | null;
  preprocessing?: PreprocessingInput;
}

/**
 * Details that did not come through GraphQL, so that nobody has looked at their types.
 *
 * @throws UserError CHECKPOINT_DETAILS_INVALID with everything that is wrong; the values of the preprocessing
 *   are for the registration to check, which knows the channels
 */
export function checkedDetails(given: Partial<Record<keyof CheckpointDetails, unknown>>) {
  const { preprocessing, ...rest } = given;
  const annotations = Object.assign(new Annotations(), rest);
  const problems = [
    ...validateSync(annotations, { forbidUnknownValues: true }).flatMap((error) =>
      Object.values(error.constraints ?? {}),
    ),
    ...problemsOfPreprocessing(preprocessing),
  ];
  if (problems.length === 0) return given as CheckpointDetails;
  throw new UserError(
    'CHECKPOINT_DETAILS_INVALID',
    `What is said about the checkpoint is not valid: ${problems.join('; ')}.`,
    { details: { problems } },
  );
}

function problemsOfPreprocessing(given: unknown): string[] {
  if (given === undefined) return [];
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return ['preprocessing must be an object such as {"mean":[0.5],"std":[0.5]}'];
  }
  const isKnown = (key: string) => (PREPROCESSING_FIELDS as readonly string[]).includes(key);
  if (Object.keys(given).every(isKnown)) return [];
  return [`preprocessing has only ${PREPROCESSING_FIELDS.join(', ')}`];
}
