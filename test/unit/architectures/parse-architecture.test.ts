import { parseArchitecture } from '../../../src/checkpoints/architectures/parse-architecture';
import { FASHION_CNN } from '../../../src/checkpoints/architectures/fashion-cnn';
import { UserError } from '../../../src/errors';

const SIZE = { inputShape: { height: 28, width: 28, channels: 1 }, classCount: 10 };
const parse = (yaml: string | Uint8Array) => parseArchitecture(Buffer.from(yaml), SIZE);

function refusalOf(yaml: string | Uint8Array): UserError {
  try {
    parse(yaml);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const problemsOf = (yaml: string): string[] => {
  const { code, details } = refusalOf(yaml);
  expect(code).toBe('CHECKPOINT_ARCHITECTURE_INVALID');
  return details['problems'] as string[];
};

const ENDS = 'input: { height: 8, width: 6, channels: 3 }';

test('reads every kind of layer with PyTorch’s defaults', () => {
  const { layers, inputShape, classCount, classNames } = parse(`
architecture:
  - conv2d: { in: 3, out: 4, kernel: [3, 2], stride: 1, padding: [1, 0], bias: false }
  - batchnorm2d
  - relu
  - conv2d: { in: 4, out: 4, kernel: 4, padding: same, dilation: 1, groups: 1 }
  - maxpool2d: 2
  - avgpool2d: { kernel: 2, stride: 1, padding: 1 }
  - global_avg_pool2d
  - dropout: { p: 0.25 }
  - flatten:
  - linear: { in: 4, out: 5, name: head.fc }
  - softmax
${ENDS}
classes: [a, b, c, d, e]
`);
  expect(inputShape).toEqual({ height: 8, width: 6, channels: 3 });
  expect([classCount, classNames]).toEqual([5, ['a', 'b', 'c', 'd', 'e']]);
  const none = { top: 0, left: 0, bottom: 0, right: 0 };
  expect(layers).toEqual([
    {
      kind: 'conv2d',
      name: '0',
      inputs: 3,
      outputs: 4,
      kernel: [3, 2],
      strides: [1, 1],
      padding: { ...none, top: 1, bottom: 1 },
      bias: false,
    },
    { kind: 'batchNorm2d', name: '1', channels: 4, epsilon: 1e-5 },
    { kind: 'relu' },
    {
      kind: 'conv2d',
      name: '3',
      inputs: 4,
      outputs: 4,
      kernel: [4, 4],
      strides: [1, 1],
      padding: { top: 1, left: 1, bottom: 2, right: 2 },
      bias: true,
    },
    { kind: 'maxPool2d', kernel: [2, 2], strides: [2, 2], padding: none },
    {
      kind: 'avgPool2d',
      kernel: [2, 2],
      strides: [1, 1],
      padding: { top: 1, left: 1, bottom: 1, right: 1 },
      countIncludePad: true,
    },
    { kind: 'globalAvgPool2d' },
    { kind: 'dropout', rate: 0.25 },
    { kind: 'flatten' },
    { kind: 'dense', name: 'head.fc', inputs: 4, outputs: 5, bias: true },
    { kind: 'softmax' },
  ]);
});

test('knows the built-in network by its name, at another size too', () => {
  const small = parse(
    `architecture: ${FASHION_CNN}\ninput: { height: 12, width: 12, channels: 3 }\nclasses: 4`,
  );
  expect(small.layers[0]).toMatchObject({ inputs: 3, outputs: 8 });
  expect(small.layers[7]).toMatchObject({ name: '7', inputs: 16 * 36 });
  expect(small.classCount).toBe(4);
  expect(parse(`architecture: ${FASHION_CNN}`)).toMatchObject({ ...SIZE, classNames: undefined });
});

test('reads the preprocessing', () => {
  const { preprocessing } = parse(`
architecture: ${FASHION_CNN}
preprocessing: { scale: 1, mean: 33.3, std: [78.5], channel_order: RGB, output: probabilities }`);
  expect(preprocessing).toEqual({
    scale: 1,
    mean: 33.3,
    std: [78.5],
    channelOrder: 'RGB',
    output: 'probabilities',
  });
});

test('lists all problems at once, each by its path', () => {
  const problems = problemsOf(`
architecture:
  - conv2d: { in: 0, out: 4, kernel: [3, 3, 3], strides: 2, bias: "yes" }
  - swish
  - conv2d: { in: 3, out: 4, kernel: 3, stride: 2, padding: same, groups: 3 }
  - maxpool2d: { kernel: 2, padding: 2 }
  - dropout: 7
  - linear: { in: 4, name: "../x" }
  - { relu: {}, flatten: {} }
input: { height: 8, width: 6, depth: 3 }
classes: [a, a]
classNames: [a]
preprocessing: { mean: [0, 0], std: 0, channel_order: GRB, output: scores, gamma: 2 }
`);
  const starts = [
    'architecture[0].conv2d.in must be a whole number from 1 to 65536; not 0',
    'architecture[0].conv2d.kernel must be a whole number from 1 to 1024, or [height, width] of them; not a list',
    'architecture[0].conv2d.bias must be true or false; not "yes"',
    'architecture[0].conv2d."strides" is unknown; known here: in, out, kernel, stride, padding',
    'architecture[1] must be one of conv2d, batchnorm2d, relu,',
    'architecture[2].conv2d.padding can only be "same" with stride 1',
    'architecture[2].conv2d.groups can only be 1; not 3',
    'architecture[3].maxpool2d.padding must be at most half of the kernel',
    'architecture[4].dropout.p must be a number from 0 to 1; not 7',
    'architecture[5].linear.out must be a whole number from 1 to 67108864; it is missing',
    'architecture[5].linear.name must be what the tensors are called',
    'architecture[6] must be one of',
    'input.channels must be a whole number from 1 to 4; it is missing',
    'input."depth" is unknown',
    'classes must be a number from 2 to 65535 or a list of different names; not a list',
    'preprocessing.mean must have 1 numbers, one a channel, not 2',
    'preprocessing.std must be a number from 0.000001 to 1000000',
    'preprocessing.channel_order must be RGB or BGR; not "GRB"',
    'preprocessing.output must be logits or probabilities; not "scores"',
    'preprocessing."gamma" is unknown',
    '"classNames" is unknown',
  ];
  for (const start of starts) {
    expect(problems.filter((problem) => problem.startsWith(start.slice(0, 40)))).toHaveLength(1);
  }
});

test.each([
  [
    'another number of channels',
    '[conv2d: { in: 1, out: 2, kernel: 3 }, flatten, linear: { in: 48, out: 2 }]',
    /layer 0 \(conv 1→2 3×3, "0"\) gets an image of 8×6 with 3 channels, but needs 1 channels/,
  ],
  [
    'a linear layer on an image',
    '[linear: { in: 144, out: 2 }]',
    /layer 0 \(dense 144→2, "0"\) gets an image .* but needs a row of 144 features: flatten the image before it/,
  ],
  [
    'features of another count',
    '[flatten, linear: { in: 143, out: 2 }]',
    /layer 1 \(dense 143→2, "1"\) gets a row of 144 features, but needs a row of 143 features/,
  ],
  [
    'a window larger than the image',
    '[maxpool2d: 7, flatten, linear: { in: 3, out: 2 }]',
    /layer 0 \(max-pool 7×7\) gets an image of 8×6 .* at least 7×7 pixels with its padding/,
  ],
  ['a pool behind the flatten', '[flatten, maxpool2d: 2]', /layer 1 .* but needs an image, before/],
  ['no row of scores', '[relu]', /ends in an image of 8×6 with 3 channels/],
  [
    'more than can be computed',
    '[conv2d: { in: 3, out: 65536, kernel: 1, padding: 1024 }, flatten]',
    /layer 0 .* more than can be computed/,
  ],
])('refuses layers that do not fit, with which and why: %s', (_, layers, reason) => {
  const error = refusalOf(`architecture: ${layers}\n${ENDS}`);
  expect(error.code).toBe('CHECKPOINT_LAYERS_MISMATCH');
  expect(error.message).toMatch(reason);
});

test('refuses a count of classes that the last layer does not give', () => {
  const [problem] = problemsOf(
    `architecture: [flatten, linear: { in: 144, out: 3 }]\n${ENDS}\nclasses: 4`,
  );
  expect(problem).toBe('classes says 4 classes, but the last layer gives 3 scores');
});

const laughs = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...'bcdefghi'.split('').map((name, i) => {
    const before = 'abcdefghi'[i] ?? 'a';
    return `${name}: &${name} [${`*${before}, `.repeat(8)}*${before}]`;
  }),
].join('\n');

test.each<[string, string | Uint8Array]>([
  ['an alias bomb', laughs],
  ['a single alias', 'architecture: &x fashion-cnn\nclasses: *x'],
  ['a merge key', 'base: &b { classes: 3 }\n<<: *b\narchitecture: fashion-cnn'],
  ['brackets without end', '['.repeat(65_000)],
  ['brackets between comments', '[ #]\n'.repeat(13_000)],
  ['braces without end', '{a: '.repeat(16_000)],
  ['dashes without end', '- '.repeat(32_000)],
  ['commas without end', `[${','.repeat(65_000)}`],
  ['ten thousand keys', Array.from({ length: 9_000 }, (_, i) => `k${i}:`).join('\n')],
  ['directives without end', '%a\n'.repeat(21_000)],
  ['indents without end', Array.from({ length: 300 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ['a key twice', 'architecture: fashion-cnn\narchitecture: fashion-cnn'],
  ['two documents', 'architecture: fashion-cnn\n---\narchitecture: fashion-cnn'],
  ['a tag', 'architecture: !!js/function "function () {}"'],
  ['a binary tag', 'architecture: !!binary aGVsbG8='],
  ['megabytes', `# ${'x'.repeat(200_000)}\narchitecture: fashion-cnn`],
  ['bytes that are no UTF-8', Uint8Array.of(0x61, 0xff, 0xfe)],
  ['nothing', ''],
  ['a list', '[fashion-cnn]'],
  ['broken YAML', 'architecture: [a'],
  ['a prototype', '__proto__: { architecture: fashion-cnn }'],
  ['a network of another name', 'architecture: resnet50'],
])('refuses %s, soon', (_, yaml) => {
  const started = performance.now();
  expect(refusalOf(yaml).code).toBe('CHECKPOINT_ARCHITECTURE_INVALID');
  // Under a second on a quiet machine.
  expect(performance.now() - started).toBeLessThan(5000);
  expect(({} as { architecture?: unknown }).architecture).toBeUndefined();
});

test('says in which line YAML is broken', () => {
  const [problem] = problemsOf('architecture:\n  - relu\n  - "flatten\n');
  expect(problem).toMatch(/^line [34]: "Missing closing/);
});

test('texts out of the file come back in a message short and without control characters', () => {
  const { message } = refusalOf(`architecture: "\\e[31m${'x'.repeat(5000)}"\n"\\u009b2J": 1`);
  expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  expect(message.length).toBeLessThan(1000);
});
