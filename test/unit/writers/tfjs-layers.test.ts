/** Layers models come back as the models that they were written from. */
import { readTfjsLayers } from '../../../src/checkpoints/formats/tfjs-layers';
import { sequentialModel } from '../../../src/checkpoints/formats/model-shapes';
import type {
  SequentialLayer,
  SequentialModel,
} from '../../../src/checkpoints/formats/sequential-model';
import { writeTfjsLayers } from '../../../src/checkpoints/formats/writers/write-tfjs-layers';
import { checkpointOf } from '../inference/support/layers-checkpoint';
import { thrownBy } from '../inference/support/thrown-by';
import { everyLayer, flatten, padding, pooledModel, relu, Weights } from './models';

interface TopologyLayer {
  class_name: string;
  config: Record<string, unknown>;
}

function backFrom(model: SequentialModel): SequentialModel {
  return readTfjsLayers(checkpointOf(Object.fromEntries(writeTfjsLayers(model))));
}

function topologyOf(model: SequentialModel): TopologyLayer[] {
  const json = Buffer.from(writeTfjsLayers(model).get('model.json') ?? []).toString();
  return (JSON.parse(json) as { modelTopology: { config: { layers: TopologyLayer[] } } })
    .modelTopology.config.layers;
}

/** One layer on images of 9×8 with 2 channels, then a classifier. */
function around(...layers: SequentialLayer[]): SequentialModel {
  const end: SequentialLayer[] = [{ kind: 'globalAvgPool2d' }, flatten];
  return sequentialModel({ height: 9, width: 8, channels: 2 }, [...layers, ...end]);
}

test('every layer, name and weight comes back', () => {
  const model = everyLayer();
  expect(backFrom(model)).toEqual(model);
});

test('the classifier behind a global pool comes back, and so does a softmax', () => {
  const model = pooledModel();
  expect(topologyOf(model).map(({ class_name }) => class_name)).toEqual([
    ...['Conv2D', 'Activation', 'GlobalAveragePooling2D', 'Dense', 'Activation'],
  ]);
  expect(backFrom(model)).toEqual(model);
});

test('a global pool that something else follows becomes a pool of the image’s size', () => {
  const model = sequentialModel({ height: 9, width: 8, channels: 2 }, [
    { kind: 'globalAvgPool2d' },
    relu,
    flatten,
  ]);
  const [pool] = topologyOf(model);
  expect(pool).toMatchObject({ class_name: 'AveragePooling2D', config: { pool_size: [9, 8] } });
  expect(backFrom(model).layers[0]).toMatchObject({ kind: 'avgPool2d', kernel: [9, 8] });
});

describe('padding', () => {
  const make = new Weights();
  const pool = { kernel: [3, 3], strides: [2, 2] } as const;
  const CASES: [what: string, layers: SequentialLayer[], classes: string[]][] = [
    ['none', [make.conv('a', [2, 2, 3, 3])], ['Conv2D']],
    ['as “same”', [make.conv('a', [2, 2, 3, 3], { padding: padding(1) })], ['Conv2D']],
    // Of 8 columns, 'same' pads the right side alone with stride 2.
    [
      'as “same” with a stride',
      [make.conv('a', [2, 2, 3, 3], { strides: [2, 2], padding: padding(1, 0, 1, 1) })],
      ['Conv2D'],
    ],
    [
      'on both sides with a stride',
      [make.conv('a', [2, 2, 3, 3], { strides: [2, 2], padding: padding(1) })],
      ['ZeroPadding2D', 'Conv2D'],
    ],
    [
      'more than “same”',
      [make.conv('a', [2, 2, 1, 1], { padding: padding(2) })],
      ['ZeroPadding2D', 'Conv2D'],
    ],
    [
      'that counts in a mean',
      [{ kind: 'avgPool2d', ...pool, padding: padding(1, 0, 1, 1), countIncludePad: true }],
      ['ZeroPadding2D', 'AveragePooling2D'],
    ],
    [
      'that does not count in a mean',
      [{ kind: 'avgPool2d', ...pool, padding: padding(1, 0, 1, 1), countIncludePad: false }],
      ['AveragePooling2D'],
    ],
    [
      'of a maximum, as “same”',
      [{ kind: 'maxPool2d', ...pool, padding: padding(1, 0, 1, 1) }],
      ['MaxPooling2D'],
    ],
    [
      'of a maximum after a ReLU',
      [relu, { kind: 'maxPool2d', ...pool, padding: padding(1) }],
      ['Activation', 'ZeroPadding2D', 'MaxPooling2D'],
    ],
  ];

  test.each(CASES)('%s', (_what, layers, classes) => {
    const model = around(...layers);
    const found = topologyOf(model).map(({ class_name }) => class_name);
    expect(found).toEqual([...classes, 'GlobalAveragePooling2D']);
    expect(backFrom(model)).toEqual(model);
  });

  test('of a maximum without a ReLU before is refused: zeros could be the greatest', () => {
    const model = around(make.norm('n', 2), { kind: 'maxPool2d', ...pool, padding: padding(1) });
    expect(thrownBy(() => writeTfjsLayers(model))).toMatchObject({
      code: 'CONVERT_LAYER_UNSUPPORTED',
      details: { layer: 1, kind: 'maxPool2d' },
    });
  });

  test('that TensorFlow can not leave out of a mean is refused', () => {
    const model = around({
      kind: 'avgPool2d',
      ...pool,
      padding: padding(1),
      countIncludePad: false,
    });
    expect(thrownBy(() => writeTfjsLayers(model))).toMatchObject({
      code: 'CONVERT_LAYER_UNSUPPORTED',
    });
  });
});

test('an image whose pixels are the classes is refused: TensorFlow has them in another order', () => {
  const model = sequentialModel({ height: 2, width: 2, channels: 3 }, [relu, flatten]);
  expect(thrownBy(() => writeTfjsLayers(model))).toMatchObject({
    code: 'CONVERT_LAYER_UNSUPPORTED',
    details: { layer: 1, kind: 'flatten' },
  });
});

test.each(['', 'a/b', '../x', 'two words', 'same'])(
  'layers called %j get names that tfjs takes',
  (name) => {
    const written = writeTfjsLayers(everyLayer(() => name));
    const model = readTfjsLayers(checkpointOf(Object.fromEntries(written)));
    const names = model.layers.flatMap((layer) => ('name' in layer ? [layer.name] : []));
    expect(new Set(names).size).toBe(5);
    for (const one of names) expect(one).toMatch(/^[A-Za-z0-9][\w.-]*$/);
  },
);
