/** The YAML beside a state dict describes the very network whose weights lie in it. */
import { bindStateDict } from '../../../src/checkpoints/architectures/bind-state-dict';
import { parseArchitecture } from '../../../src/checkpoints/architectures/parse-architecture';
import { sequentialModel } from '../../../src/checkpoints/formats/model-shapes';
import {
  endsInSoftmax,
  type SequentialModel,
} from '../../../src/checkpoints/formats/sequential-model';
import { stateDictOf } from '../../../src/checkpoints/formats/writers/state-dict-of';
import { writeArchitecture } from '../../../src/checkpoints/formats/writers/write-architecture';
import { defaultPreprocessing, type Preprocessing } from '../../../src/checkpoints/preprocessing';
import { thrownBy } from '../inference/support/thrown-by';
import { everyLayer, flatten, padding, pooledModel, Weights } from './models';

interface Described {
  preprocessing?: Preprocessing;
  classNames?: readonly string[];
}

function yamlOf(model: SequentialModel, { preprocessing, classNames }: Described = {}): string {
  const { channels } = model.inputShape;
  const usual = defaultPreprocessing({ channels, endsInSoftmax: endsInSoftmax(model) });
  const described = { model, preprocessing: preprocessing ?? usual, classNames };
  return writeArchitecture(described, stateDictOf(model).layerNames);
}

function parsed(yaml: string) {
  const unused = { inputShape: { height: 1, width: 1, channels: 1 }, classCount: 2 };
  return parseArchitecture(Buffer.from(yaml), unused);
}

test.each([
  ['with names', everyLayer((i) => `features.${i}`)],
  ['without names', everyLayer(() => '')],
  ['with positions as names', pooledModel()],
])('a model %s comes back from its state dict and its YAML', (_what, model) => {
  const { stateDict, layerNames } = stateDictOf(model);
  const back = bindStateDict(parsed(yamlOf(model)), stateDict);
  const layers = model.layers.map((layer, i) =>
    'name' in layer ? { ...layer, name: layerNames[i] } : layer,
  );
  expect(back).toEqual({ ...model, layers });
});

test('names are told only where they are not the positions', () => {
  expect(yamlOf(pooledModel())).not.toContain('name:');
  expect(yamlOf(everyLayer())).toContain('name: part0');
});

test('preprocessing is told where it is not the default, and class names where they are known', () => {
  const model = everyLayer();
  const usual = parsed(yamlOf(model));
  expect(usual).toMatchObject({ classCount: 4, classNames: undefined, preprocessing: {} });
  const preprocessing: Preprocessing = {
    scale: 1 / 255,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
    channelOrder: 'BGR',
    output: 'logits',
  };
  const classNames = ['cat', 'yes', '1e3', '"dog": #'];
  expect(parsed(yamlOf(model, { preprocessing, classNames }))).toMatchObject({
    classNames,
    preprocessing,
  });
});

test('a padding of stride 1 that PyTorch calls same comes back', () => {
  const make = new Weights();
  const model = sequentialModel({ height: 4, width: 4, channels: 1 }, [
    make.conv('0', [2, 1, 4, 2], { padding: padding(1, 0, 2, 1) }),
    { kind: 'globalAvgPool2d' },
    flatten,
  ]);
  const { layers } = parsed(yamlOf(model));
  expect(yamlOf(model)).toContain('padding: same');
  expect(layers[0]).toMatchObject({ padding: padding(1, 0, 2, 1) });
});

test('padding that differs by side with a stride is refused, as no layer of PyTorch has it', () => {
  const make = new Weights();
  const model = sequentialModel({ height: 4, width: 4, channels: 1 }, [
    make.conv('0', [2, 1, 3, 3], { strides: [2, 2], padding: padding(0, 0, 1, 1) }),
    { kind: 'globalAvgPool2d' },
    flatten,
  ]);
  expect(thrownBy(() => yamlOf(model))).toMatchObject({
    code: 'CONVERT_LAYER_UNSUPPORTED',
    details: { layer: 0, kind: 'conv2d' },
  });
});
