import { createDatasetRegistry } from '../../../src/datasets/dataset-registry';
import { createFashionMnist } from '../../../src/datasets/fashion-mnist/fashion-mnist.source';
import { createSampleSet } from '../../../src/datasets/sample-shapes/sample-shapes.source';

const sampleSet = createSampleSet();
const fashion = createFashionMnist({ dataDir: 'unused', baseUrls: [] });

test('a dataset is found by its name, and all are listed in order', () => {
  const registry = createDatasetRegistry([fashion, sampleSet]);
  expect(registry.get('sample-shapes')).toBe(sampleSet);
  expect(registry.get('fashion-mnist')).toBe(fashion);
  expect(registry.list()).toEqual([fashion, sampleSet]);
});

test('an unknown name is refused with the known ones', () => {
  const registry = createDatasetRegistry([fashion, sampleSet]);
  const expected: unknown = expect.objectContaining({
    kind: 'user',
    code: 'DATASET_UNKNOWN',
    message: 'There is no dataset "toString". Known: fashion-mnist, sample-shapes.',
  });
  let thrown: unknown;
  try {
    registry.get('toString');
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toEqual(expected);
});

test('two sources of one name are a mistake of the composition', () => {
  expect(() => createDatasetRegistry([sampleSet, createSampleSet()])).toThrow('same name');
});
