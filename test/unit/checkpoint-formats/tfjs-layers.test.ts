import fc from 'fast-check';
import { describeCheckpoint } from '../../../src/checkpoints/formats/describe-checkpoint';
import type { UserError } from '../../../src/errors';
import { readTfjsLayers } from '../../../src/checkpoints/formats/tfjs-layers';
import {
  checkpointOf,
  type LayerJson,
  layersCheckpoint,
  modelJson,
  type StoredWeight,
  tinyCnn,
  weightBytes,
} from '../inference/support/layers-checkpoint';
import { thrownBy } from '../inference/support/thrown-by';

/** Values that say where they are: 0, 1, 2, … */
function counting(name: string, shape: number[]): StoredWeight {
  const count = shape.reduce((product, size) => product * size, 1);
  return { name, shape, values: Float32Array.from({ length: count }, (_, i) => i) };
}

const dense = (units: number, config: Record<string, unknown> = {}): LayerJson => ({
  class_name: 'Dense',
  config: { name: 'dense', units, ...config },
});
const flatten: LayerJson = { class_name: 'Flatten', config: { name: 'flat' } };

function withInput(layer: LayerJson, shape: unknown[]): LayerJson {
  return { ...layer, config: { ...layer.config, batch_input_shape: shape } };
}

test('turns a convolution’s kernel from height-width-in-out to out-in-height-width', () => {
  const conv = {
    class_name: 'Conv2D',
    config: { name: 'conv', filters: 5, kernel_size: [1, 2], use_bias: false },
  };
  const kernel = counting('conv/kernel', [1, 2, 3, 5]);
  const { layers } = readTfjsLayers(
    layersCheckpoint(
      [withInput(conv, [null, 1, 2, 3]), flatten, dense(2, { use_bias: false })],
      [kernel, counting('dense/kernel', [5, 2])],
    ),
  );
  const [first] = layers;
  if (first?.kind !== 'conv2d') throw new Error('no convolution');
  expect(first.weight.shape).toEqual([5, 3, 1, 2]);
  // out 4, in 1, row 0, column 1 lies in tfjs at ((0·2 + 1)·3 + 1)·5 + 4.
  expect(first.weight.data[(4 * 3 + 1) * 2 + 1]).toBe(24);
  expect([...first.weight.data].sort((a, b) => a - b)).toEqual([...kernel.values]);
});

test('turns the first dense layer after a flatten from HWC to CHW inputs, and no other', () => {
  const shape = [null, 2, 3, 4];
  const { layers, classCount } = readTfjsLayers(
    layersCheckpoint(
      [
        withInput(flatten, shape),
        { class_name: 'Activation', config: { name: 'act', activation: 'relu' } },
        dense(2, { name: 'first', use_bias: false }),
        dense(3, { name: 'second', use_bias: false }),
      ],
      [counting('first/kernel', [24, 2]), counting('second/kernel', [2, 3])],
    ),
  );
  const [first, second] = layers.flatMap((layer) => (layer.kind === 'dense' ? [layer] : []));
  expect(first?.weight.shape).toEqual([2, 24]);
  // out 1 of the input at row 1, column 2, channel 3: tfjs keeps it at ((1·3 + 2)·4 + 3)·2 + 1.
  expect(first?.weight.data[24 + (3 * 2 + 1) * 3 + 2]).toBe(47);
  expect([...(second?.weight.data ?? [])]).toEqual([0, 3, 1, 4, 2, 5]);
  expect(classCount).toBe(3);
});

test('pads "same" as TensorFlow does, the odd row and column after', () => {
  const conv = {
    class_name: 'Conv2D',
    config: {
      name: 'conv',
      filters: 1,
      kernel_size: [3, 4],
      strides: [2, 1],
      padding: 'same',
      use_bias: false,
    },
  };
  const { layers } = readTfjsLayers(
    layersCheckpoint(
      [withInput(conv, [null, 4, 5, 1]), flatten, dense(2, { use_bias: false })],
      [counting('conv/kernel', [3, 4, 1, 1]), counting('dense/kernel', [10, 2])],
    ),
  );
  expect(layers[0]).toMatchObject({ padding: { top: 0, bottom: 1, left: 1, right: 2 } });
});

test('reads the topology that Keras writes under model_config, and an input layer before the first', () => {
  const { layers, weights } = tinyCnn();
  const plain = modelJson(layers, weights);
  const input = { class_name: 'InputLayer', config: { name: 'in', batch_shape: [null, 4, 4, 1] } };
  const keras = {
    ...plain,
    modelTopology: {
      keras_version: '2.4.0',
      model_config: { class_name: 'Sequential', config: [input, ...layers] },
    },
  };
  const files = (json: unknown): Record<string, Uint8Array> => ({
    'model.json': Buffer.from(JSON.stringify(json)),
    'weights.bin': weightBytes(weights),
  });
  expect(readTfjsLayers(checkpointOf(files(keras)))).toEqual(
    readTfjsLayers(checkpointOf(files(plain))),
  );
});

test('lists every missing, wrongly shaped and unexpected weight at once, by name', () => {
  const { layers, weights } = tinyCnn();
  const [convKernel, , denseKernel] = weights as [StoredWeight, StoredWeight, StoredWeight];
  const wrong = [convKernel, { ...denseKernel, shape: [4, 6] }, counting('other/kernel', [2])];
  expect(thrownBy(() => readTfjsLayers(layersCheckpoint(layers, wrong)))).toMatchObject({
    code: 'CHECKPOINT_INVALID',
    details: {
      weights: [
        '"conv/bias" is missing',
        '"dense/kernel" has the shape [4, 6], not [8, 3]',
        '"dense/bias" is missing',
        '"other/kernel" is not expected',
      ],
    },
  });
});

test('refuses layers that it would not run as they were trained, all at once and by name', () => {
  const { layers, weights } = tinyCnn();
  const strange: LayerJson[] = [
    ...layers,
    { class_name: 'BatchNormalization', config: { name: 'norm', axis: [1] } },
    { class_name: 'ReLU', config: { name: 'relu6', max_value: 6 } },
    {
      class_name: 'Conv2D',
      config: { name: 'wide', filters: 1, kernel_size: 3, dilation_rate: 2 },
    },
    { class_name: 'MaxPooling2D', config: { name: 'cf', data_format: 'channels_first' } },
    dense(3, { name: 'half', dtype: 'float16' }),
    { class_name: 'Softmax', config: { name: 'last', axis: 2 } },
    { class_name: '\u001b[31mred', config: { name: '\u009b2J' } },
  ];
  let message = '';
  try {
    readTfjsLayers(layersCheckpoint(strange, weights));
  } catch (error) {
    message = (error as Error).message;
  }
  for (const name of ['norm', 'relu6', 'wide', 'cf', 'half', 'last']) {
    expect(message).toContain(`"${name}"`);
  }
  expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
});

test.each([
  ['images of unknown size', [withInput(flatten, [null, null, 4, 1]), dense(3)]],
  ['no images', [withInput(flatten, [null, 16]), dense(3)]],
  ['a fixed batch', [withInput(flatten, [8, 4, 4, 1]), dense(3)]],
  ['a size of gigabytes', [withInput(flatten, [null, 1e9, 1e9, 1]), dense(3)]],
  ['a dense layer on an image', [withInput(dense(3), [null, 4, 4, 1])]],
  ['no layer', []],
])('refuses a model with %s', (_, layers) => {
  expect(thrownBy(() => readTfjsLayers(layersCheckpoint(layers, [])))).toMatchObject({
    code: 'CHECKPOINT_INVALID',
  });
});

test.each<[string, LayerJson[], RegExp]>([
  [
    'a pool larger than its image',
    [withInput({ class_name: 'MaxPooling2D', config: { pool_size: 5 } }, [null, 4, 4, 1])],
    /layer 0 \(max-pool 5×5\) gets an image of 4×4 with 1 channel, but needs at least 5×5 pixels/,
  ],
  [
    'a softmax in its middle',
    [
      withInput(flatten, [null, 4, 4, 1]),
      { class_name: 'Softmax', config: { name: 's' } },
      flatten,
    ],
    /layer 1 \(softmax\) must be the last one/,
  ],
  [
    'an image at its end',
    [withInput({ class_name: 'ReLU', config: { name: 'r' } }, [null, 4, 4, 1])],
    /ends in an image of 4×4/,
  ],
])('refuses a model with %s, and says which layer', (_, layers, reason) => {
  expect(thrownBy(() => readTfjsLayers(layersCheckpoint(layers, [])))).toMatchObject({
    code: 'CHECKPOINT_LAYERS_MISMATCH',
    message: expect.stringMatching(reason) as unknown,
  });
});

test('reads norms, average pools and a softmax at the end as PyTorch knows them', () => {
  const shape = [null, 4, 4, 2];
  const norm = (name: string, config: Record<string, unknown> = {}): LayerJson => ({
    class_name: 'BatchNormalization',
    config: { name, ...config },
  });
  const part = (name: string): StoredWeight => counting(name, [2]);
  const { layers } = readTfjsLayers(
    layersCheckpoint(
      [
        withInput(norm('full', { axis: [3] }), shape),
        norm('plain', { scale: false, center: false, epsilon: 0.5 }),
        {
          class_name: 'AveragePooling2D',
          config: { pool_size: 3, strides: [2, 2], padding: 'same' },
        },
        { class_name: 'GlobalAveragePooling2D', config: { name: 'gap' } },
        { class_name: 'Activation', config: { name: 'end', activation: 'softmax' } },
      ],
      [
        ...['gamma', 'beta', 'moving_mean', 'moving_variance'].map((name) => part(`full/${name}`)),
        ...['moving_mean', 'moving_variance'].map((name) => part(`plain/${name}`)),
      ],
    ),
  );
  const [full, plain, pool, ...rest] = layers;
  expect(full).toMatchObject({ kind: 'batchNorm2d', epsilon: 1e-3 });
  if (plain?.kind !== 'batchNorm2d') throw new Error('no norm');
  expect([[...plain.weight.data], [...plain.bias.data], plain.epsilon]).toEqual([
    [1, 1],
    [0, 0],
    0.5,
  ]);
  expect(pool).toEqual({
    kind: 'avgPool2d',
    kernel: [3, 3],
    strides: [2, 2],
    padding: { top: 0, left: 0, bottom: 1, right: 1 },
    countIncludePad: false,
  });
  expect(rest.map(({ kind }) => kind)).toEqual(['globalAvgPool2d', 'flatten', 'softmax']);
});

test('refuses one class, an unflattened end, and weights that another layer of its name has', () => {
  const bare = withInput(flatten, [null, 2, 2, 3]);
  expect(() => readTfjsLayers(layersCheckpoint([bare], []))).toThrow(/Dense/);
  const one = [counting('dense/kernel', [12, 1]), counting('dense/bias', [1])];
  expect(() => readTfjsLayers(layersCheckpoint([bare, dense(1)], one))).toThrow(
    /ends in a row of 1 features/,
  );
  const square = [counting('dense/kernel', [12, 12]), counting('dense/bias', [12])];
  expect(() => readTfjsLayers(layersCheckpoint([bare, dense(12), dense(12)], square))).toThrow(
    /two layers of one name/,
  );
});

test('whatever value stands in the JSON, the answer is a description or a refusal', () => {
  const { layers, weights } = tinyCnn();
  const paths = fc.constantFrom(
    ...layers.flatMap(({ config }, layer) => Object.keys(config).map((key) => ({ layer, key }))),
  );
  fc.assert(
    fc.property(paths, fc.jsonValue({ maxDepth: 2 }), ({ layer, key }, value) => {
      const changed = layers.map((json, i) =>
        i === layer ? { ...json, config: { ...json.config, [key]: value } } : json,
      );
      try {
        expect(describeCheckpoint(layersCheckpoint(changed, weights)).classCount).toBe(3);
      } catch (error) {
        expect(['CHECKPOINT_INVALID', 'CHECKPOINT_LAYERS_MISMATCH']).toContain(
          (error as UserError).code,
        );
      }
    }),
    { numRuns: 500, seed: 7 },
  );
});
