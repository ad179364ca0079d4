import { createHash } from 'node:crypto';
import {
  completePreprocessing,
  defaultPreprocessing,
  type Preprocessing,
  type PreprocessingInput,
  preprocessingDigest,
} from '../../../src/checkpoints/preprocessing';
import { thrownBy } from '../inference/support/thrown-by';

const colour = { channels: 3, endsInSoftmax: false };
const complete = (input: PreprocessingInput, ends = colour): Preprocessing =>
  completePreprocessing(input, ends);

test('the default divides by 255 and nothing else', () => {
  expect(complete({})).toEqual({
    scale: 1 / 255,
    mean: [0, 0, 0],
    std: [1, 1, 1],
    channelOrder: 'RGB',
    output: 'logits',
  });
  expect(complete({}, { channels: 1, endsInSoftmax: true })).toMatchObject({
    mean: [0],
    output: 'probabilities',
  });
});

test('one number stands for all channels, and what is left out comes from the base', () => {
  const base = complete({ mean: [1, 2, 3], std: 4, output: 'probabilities', channelOrder: 'BGR' });
  expect(base.std).toEqual([4, 4, 4]);
  expect(completePreprocessing({ mean: 0.5 }, colour, base)).toEqual({
    ...base,
    mean: [0.5, 0.5, 0.5],
  });
});

test('everything that is wrong is told at once, by field', () => {
  const input = {
    scale: Number.NaN,
    mean: [0, Number.POSITIVE_INFINITY, 0],
    std: [1, 1],
    channelOrder: 'BGR',
    output: 'logits',
  } as const;
  expect(thrownBy(() => complete(input, { channels: 4, endsInSoftmax: true }))).toMatchObject({
    code: 'PREPROCESSING_INVALID',
    details: {
      problems: [
        expect.stringMatching(/^scale must be a number/) as unknown,
        'mean must have 4 numbers, one a channel, not 3',
        'std must have 4 numbers, one a channel, not 2',
        'channelOrder can be BGR with 3 channels only, not 4',
        expect.stringMatching(/^output can not be logits: the model ends in softmax/) as unknown,
      ],
    },
  });
});

test.each<PreprocessingInput>([
  { scale: 0 },
  { scale: -1 },
  { scale: 1e9 },
  { std: 0 },
  { std: [1, 0, 1] },
  { mean: [0, Number.NaN, 0] },
])('refuses %j', (input) => {
  expect(thrownBy(() => complete(input))).toMatchObject({ code: 'PREPROCESSING_INVALID' });
});

test('the digest is that of the JSON with sorted keys, whatever the order it was written in', () => {
  const { scale, mean, std, channelOrder, output } = defaultPreprocessing(colour);
  const json =
    '{"channelOrder":"RGB","mean":[0,0,0],"output":"logits","scale":0.00392156862745098,"std":[1,1,1]}';
  const digest = createHash('sha256').update(json).digest('hex');
  expect(preprocessingDigest({ output, std, channelOrder, mean, scale })).toBe(digest);
  expect(preprocessingDigest({ output, std, channelOrder, mean: [-0, 0, 0], scale })).toBe(digest);
  const stored = JSON.parse(JSON.stringify(defaultPreprocessing(colour))) as Preprocessing;
  expect(preprocessingDigest(stored)).toBe(digest);
  expect(preprocessingDigest({ scale, mean, std, channelOrder: 'BGR', output })).not.toBe(digest);
});
