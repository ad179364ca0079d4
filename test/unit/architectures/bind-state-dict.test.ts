import { architectureFor } from '../../../src/checkpoints/architectures/architecture-for';
import { bindStateDict } from '../../../src/checkpoints/architectures/bind-state-dict';
import { describeCheckpoint } from '../../../src/checkpoints/formats/describe-checkpoint';
import { thrownBy } from '../inference/support/thrown-by';
import { randomStateDict, safetensorsCheckpoint } from './state-dicts';

const SHAPES = {
  '0.weight': [2, 1, 3, 3],
  '1.weight': [2],
  '1.bias': [2],
  '1.running_mean': [2],
  '1.running_var': [2],
  '3.weight': [3, 32],
  '3.bias': [3],
};
const YAML = `
architecture:
  - conv2d: { in: 1, out: 2, kernel: 3, padding: 1, bias: false }
  - batchnorm2d: 2
  - flatten
  - linear: { in: 32, out: 3 }
input: { height: 4, width: 4, channels: 1 }
`;

const named = (prefix: string, shapes: Record<string, number[]> = SHAPES) =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [prefix + name, shape]));

function bound(shapes: Record<string, number[]>, yaml: string | undefined = YAML) {
  const stateDict = randomStateDict(shapes);
  const sidecar = yaml === '' ? undefined : Buffer.from(yaml);
  return { stateDict, model: bindStateDict(architectureFor(stateDict, sidecar), stateDict) };
}

test('finds the tensors under the names of nn.Sequential, without a copy', () => {
  const { stateDict, model } = bound(SHAPES);
  const [conv, norm, , dense] = model.layers;
  expect(conv).toMatchObject({ kind: 'conv2d', name: '0', bias: undefined });
  expect(norm).toMatchObject({ kind: 'batchNorm2d', epsilon: 1e-5 });
  if (dense?.kind !== 'dense' || norm?.kind !== 'batchNorm2d') throw new Error('other layers');
  expect(dense.weight.data).toBe(stateDict.get('3.weight')?.values);
  expect(norm.runningVar.data).toBe(stateDict.get('1.running_var')?.values);
});

test.each(['model.', 'net.features.', 'a.b.c.'])('finds them behind the prefix %s', (prefix) => {
  const { model } = bound(named(prefix));
  expect(model.layers[3]).toMatchObject({ name: `${prefix}3` });
});

test('finds them under names of their own, and lets num_batches_tracked be', () => {
  const yaml = `
architecture:
  - conv2d: { in: 1, out: 2, kernel: 3, padding: 1, bias: false, name: stem.conv }
  - batchnorm2d: { channels: 2, name: stem.norm }
  - flatten
  - linear: { in: 32, out: 3, name: head }
input: { height: 4, width: 4, channels: 1 }`;
  const shapes = {
    'stem.conv.weight': [2, 1, 3, 3],
    'stem.norm.weight': [2],
    'stem.norm.bias': [2],
    'stem.norm.running_mean': [2],
    'stem.norm.running_var': [2],
    'stem.norm.num_batches_tracked': [],
    'head.weight': [3, 32],
    'head.bias': [3],
  };
  expect(bound(shapes, yaml).model.classCount).toBe(3);
});

test('lists what is missing, left over and of another shape, all at once and by name', () => {
  const rest = Object.entries(SHAPES).filter(([name]) => name !== '1.bias');
  const wrong = {
    ...Object.fromEntries(rest),
    '0.weight': [2, 1, 5, 5],
    '3.bias': [1],
    extra: [7],
    '9.weight': [1],
  };
  expect(thrownBy(() => bound(wrong))).toMatchObject({
    code: 'CHECKPOINT_TENSORS_MISMATCH',
    details: {
      tensors: [
        '"0.weight" has the shape [2, 1, 5, 5], not [2, 1, 3, 3]',
        '"1.bias" [2] is missing',
        '"3.bias" has the shape [1], not [3]',
        '"extra" [7] is not expected',
        '"9.weight" [1] is not expected',
      ],
    },
  });
});

test('refuses two layers of one name, and says no more than a page of hundreds of tensors', () => {
  const twice = YAML.replace('out: 3 }', 'out: 3, name: "0" }');
  expect(thrownBy(() => bound(SHAPES, twice))).toMatchObject({
    details: {
      tensors: expect.arrayContaining(['"0.weight" is used by two layers of one name']) as unknown,
    },
  });
  const many = Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`layer${i}.weight`, [1]]));
  const error = thrownBy(() => bound(many)) as Error;
  expect(error.message).toMatch(/; and 887 more\. Describe the network/);
  expect(error.message.length).toBeLessThan(2000);
});

describe('a state dict without a description', () => {
  const fashion = (channels: number, side: number, classes: number) => ({
    'model.0.weight': [8, channels, 3, 3],
    'model.0.bias': [8],
    'model.2.weight': [16, 8, 3, 3],
    'model.2.bias': [16],
    'model.7.weight': [256, 16 * (side / 2) ** 2],
    'model.7.bias': [256],
    'model.10.weight': [classes, 256],
    'model.10.bias': [classes],
  });

  test.each([
    [1, 28, 10],
    [3, 32, 100],
  ])(
    'is the built-in network at the size that its weights show: %i, %i, %i',
    (channels, side, classes) => {
      const { inputShape, classCount } = bound(fashion(channels, side, classes), '').model;
      expect(inputShape).toEqual({ height: side, width: side, channels });
      expect(classCount).toBe(classes);
    },
  );

  test('of another network is told what is missing and what to do', () => {
    expect(thrownBy(() => bound(SHAPES, ''))).toMatchObject({
      code: 'CHECKPOINT_TENSORS_MISMATCH',
      message: expect.stringMatching(
        /"10\.weight" \[10, 256\] is missing.*YAML file of the same name beside them/,
      ) as unknown,
    });
  });
});

test('the description is part of the checkpoint: it is described, and another one is another checkpoint', () => {
  const stateDict = randomStateDict(SHAPES);
  const checkpoint = safetensorsCheckpoint(stateDict, YAML);
  expect(describeCheckpoint(checkpoint)).toEqual({
    inputShape: { height: 4, width: 4, channels: 1 },
    classCount: 3,
    parameterCount: 18 + 4 + 99,
    architecture: 'conv 1→2 3×3, batch-norm 2, flatten, dense 32→3',
    endsInSoftmax: false,
    preprocessing: { scale: 1 / 255, mean: [0], std: [1], channelOrder: 'RGB', output: 'logits' },
  });
  const prepared = `${YAML}preprocessing: { mean: 0.1307, std: 0.3081, output: probabilities }\n`;
  const other = safetensorsCheckpoint(stateDict, prepared);
  expect(other.digest).not.toBe(checkpoint.digest);
  expect(describeCheckpoint(other).preprocessing).toEqual({
    scale: 1 / 255,
    mean: [0.1307],
    std: [0.3081],
    channelOrder: 'RGB',
    output: 'probabilities',
  });
});
