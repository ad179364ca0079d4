/** How a checkpoint wants its pixels and what it gives back: a part of the checkpoint's identity. */
import { createHash } from 'node:crypto';
import { UserError } from '../errors';

export const CHANNEL_ORDERS = ['RGB', 'BGR'] as const;
export type ChannelOrder = (typeof CHANNEL_ORDERS)[number];

export const OUTPUT_KINDS = ['logits', 'probabilities'] as const;
export type OutputKind = (typeof OUTPUT_KINDS)[number];

/** A model's channel c sees (byte × scale − mean[c]) / std[c], rounded to float32. */
export interface Preprocessing {
  scale: number;
  /** One number a channel, in the order in which the model takes the channels. */
  mean: readonly number[];
  /** One number above 0 a channel, likewise. */
  std: readonly number[];
  /** What the model takes; the images of datasets are RGB. */
  channelOrder: ChannelOrder;
  output: OutputKind;
}

/** What a caller may leave out, and one number where all channels have the same. */
export interface PreprocessingInput {
  scale?: number | undefined;
  mean?: number | readonly number[] | undefined;
  std?: number | readonly number[] | undefined;
  channelOrder?: ChannelOrder | undefined;
  output?: OutputKind | undefined;
}

/** What is known of the model before anybody says how its pixels are prepared. */
export interface ModelEnds {
  channels: number;
  /** The file itself says that probabilities come out. */
  endsInSoftmax: boolean;
}

export interface FieldProblem {
  /** Of PreprocessingInput. */
  field: keyof PreprocessingInput;
  problem: string;
}

/** Far beyond any use; it keeps every prepared pixel a finite float32. */
const MAX_MAGNITUDE = 1e6;
const MIN_MAGNITUDE = 1e-6;

/** Pixels in 0…1 as they are, RGB; logits unless the file ends in softmax. */
export function defaultPreprocessing({ channels, endsInSoftmax }: ModelEnds): Preprocessing {
  return {
    scale: 1 / 255,
    mean: new Array<number>(channels).fill(0),
    std: new Array<number>(channels).fill(1),
    channelOrder: 'RGB',
    output: endsInSoftmax ? 'probabilities' : 'logits',
  };
}

/**
 * @param base what holds where the input is silent: the checkpoint's own, or the default
 * @throws UserError PREPROCESSING_INVALID with everything that is wrong, by field
 */
export function completePreprocessing(
  input: PreprocessingInput,
  ends: ModelEnds,
  base: Preprocessing = defaultPreprocessing(ends),
): Preprocessing {
  const problems = preprocessingProblems(input, ends);
  if (problems.length > 0) {
    const words = problems.map(({ field, problem }) => `${field} ${problem}`);
    throw new UserError(
      'PREPROCESSING_INVALID',
      `The preprocessing is refused: ${words.join('; ')}.`,
      {
        details: { problems: words },
      },
    );
  }
  const spread = (value: number | readonly number[] | undefined, other: readonly number[]) =>
    value === undefined ? other : typeof value === 'number' ? other.map(() => value) : [...value];
  return {
    scale: input.scale ?? base.scale,
    mean: spread(input.mean, base.mean),
    std: spread(input.std, base.std),
    channelOrder: input.channelOrder ?? base.channelOrder,
    output: input.output ?? base.output,
  };
}

/** Everything that is wrong with a caller's input, whose types nobody has checked yet. */
export function preprocessingProblems(
  input: Partial<Record<keyof PreprocessingInput, unknown>>,
  { channels, endsInSoftmax }: ModelEnds,
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const check = (field: keyof PreprocessingInput, problem: string | undefined): void => {
    if (input[field] !== undefined && problem !== undefined) problems.push({ field, problem });
  };
  check('scale', isPositive(input.scale) ? undefined : POSITIVE);
  check('mean', perChannel(input.mean, channels, isBounded, BOUNDED));
  check('std', perChannel(input.std, channels, isPositive, POSITIVE));
  const { channelOrder, output } = input;
  check('channelOrder', problemOfOrder(channelOrder, channels));
  check('output', problemOfOutput(output, endsInSoftmax));
  return problems;
}

const POSITIVE = `must be a number from ${MIN_MAGNITUDE} to ${MAX_MAGNITUDE}`;
const BOUNDED = `must be a number from -${MAX_MAGNITUDE} to ${MAX_MAGNITUDE}`;

function isBounded(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) <= MAX_MAGNITUDE;
}

function isPositive(value: unknown): boolean {
  return typeof value === 'number' && value >= MIN_MAGNITUDE && value <= MAX_MAGNITUDE;
}

function perChannel(
  value: unknown,
  channels: number,
  isFit: (value: unknown) => boolean,
  rule: string,
): string | undefined {
  if (!Array.isArray(value)) return isFit(value) ? undefined : `${rule}, or a list of ${channels}`;
  if (value.length !== channels) {
    return `must have ${channels} numbers, one a channel, not ${value.length}`;
  }
  return value.every(isFit) ? undefined : `${rule} for each channel`;
}

function problemOfOrder(value: unknown, channels: number): string | undefined {
  if (!(CHANNEL_ORDERS as readonly unknown[]).includes(value)) {
    return `must be ${CHANNEL_ORDERS.join(' or ')}`;
  }
  if (value === 'BGR' && channels !== 3) return `can be BGR with 3 channels only, not ${channels}`;
  return undefined;
}

function problemOfOutput(value: unknown, endsInSoftmax: boolean): string | undefined {
  if (!(OUTPUT_KINDS as readonly unknown[]).includes(value)) {
    return `must be ${OUTPUT_KINDS.join(' or ')}`;
  }
  if (value === 'logits' && endsInSoftmax) {
    return 'can not be logits: the model ends in softmax, so it gives probabilities';
  }
  return undefined;
}

/** SHA-256 (hex) of the JSON with its keys in the order of the alphabet and no white space. */
export function preprocessingDigest(preprocessing: Preprocessing): string {
  const { channelOrder, mean, output, scale, std } = preprocessing;
  const canonical = JSON.stringify({ channelOrder, mean, output, scale, std });
  return createHash('sha256').update(canonical).digest('hex');
}
