import { readFileSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readPytorchStateDict } from '../../../src/checkpoints/formats/pytorch/read-pytorch';
import { readCheckpoint } from '../../../src/checkpoints/formats/read-checkpoint';
import { describeCheckpoint } from '../../../src/checkpoints/formats/describe-checkpoint';
import { writeSafetensors } from '../../../src/checkpoints/formats/writers/write-safetensors';
import type { Split } from '../../../src/datasets/dataset';
import { createFashionMnist } from '../../../src/datasets/fashion-mnist/fashion-mnist.source';
import { ENGINE_NAMES } from '../../../src/inference/engine';
import { itWithMirrorAndReference, mirrorFolder, referenceFile } from '../../support/reference';
import { temporaryFolder } from '../../support/temporary-folder';
import { randomStateDict, safetensorsCheckpoint } from '../../unit/architectures/state-dicts';
import {
  evaluatorForTests,
  randomSplit,
  requestFor,
} from '../../unit/inference/support/evaluation';

const evaluator = evaluatorForTests();
const FIXTURES = path.join(__dirname, '../../fixtures/pytorch');

/** The nn.Sequential of make_fixtures.py. */
const BATCHNORM_NET = `
architecture:
  - conv2d: { in: 1, out: 8, kernel: 3, stride: 2, padding: 1, bias: false }
  - batchnorm2d: 8
  - relu
  - conv2d: { in: 8, out: 16, kernel: 3, stride: 2, padding: 1 }
  - batchnorm2d
  - relu
  - avgpool2d: 2
  - flatten
  - linear: { in: 144, out: 10 }
input: { height: 28, width: 28, channels: 1 }
classes: 10
`;

function floatsOf(file: string): Float32Array {
  const raw = readFileSync(file);
  return Float32Array.from({ length: raw.length / 4 }, (_, i) => raw.readFloatLE(4 * i));
}

function largestDifference(actual: Float32Array, expected: Float32Array): number {
  expect(actual).toHaveLength(expected.length);
  return actual.reduce(
    (largest, value, i) => Math.max(largest, Math.abs(value - (expected[i] as number))),
    0,
  );
}

describe.each(ENGINE_NAMES)('by the engine %s', (engine) => {
  test('a network with batch norm, strides and average pooling gives PyTorch’s logits', async () => {
    const folder = await temporaryFolder();
    await copyFile(path.join(FIXTURES, 'batchnorm-net.pt'), path.join(folder, 'net.pt'));
    await writeFile(path.join(folder, 'net.yaml'), BATCHNORM_NET);
    const pixels = floatsOf(path.join(FIXTURES, 'batchnorm-net.input.f32'));
    const images = new Uint8Array(new SharedArrayBuffer(pixels.length));
    images.set(pixels.map((value) => Math.round(value * 255)));
    const labels = new Uint16Array(new SharedArrayBuffer(8));
    const imageShape = { height: 28, width: 28, channels: 1 };
    const split: Split = {
      ...{ name: 'test', digest: '', sampleCount: 4, classCount: 10, imageShape },
      images,
      labels,
    };
    const checkpoint = await readCheckpoint(path.join(folder, 'net.pt'));
    const { logits, outputKind } = await evaluator.evaluate(
      requestFor({ checkpoint, split, engine, batchSize: 3 }),
    );
    const expected = floatsOf(path.join(FIXTURES, 'batchnorm-net.logits.f32'));
    expect(largestDifference(logits, expected)).toBeLessThan(1e-4);
    expect(outputKind).toBe('logits');
  });

  itWithMirrorAndReference.each(['pth', 'safetensors'])(
    'the reference weights as %s give the reference confusion matrix and logits',
    async (ending) => {
      const folder = await temporaryFolder();
      const file = path.join(folder, `fashion-cnn.${ending}`);
      const bytes = readFileSync(referenceFile('fashion-cnn.pth'));
      const stateDict = readPytorchStateDict(bytes);
      await writeFile(file, ending === 'pth' ? bytes : writeSafetensors(stateDict));
      const checkpoint = await readCheckpoint(file);
      expect(describeCheckpoint(checkpoint)).toMatchObject({
        inputShape: { height: 28, width: 28, channels: 1 },
        classCount: 10,
        parameterCount: 806_890,
        architecture:
          'conv 1→8 3×3, relu, conv 8→16 3×3, relu, max-pool 2×2, dropout 0.2, flatten, ' +
          'dense 3136→256, relu, dropout 0.2, dense 256→10',
      });
      const source = createFashionMnist({ dataDir: folder, mirrorDir: mirrorFolder ?? '' });
      const split = await source.loadSplit('test');
      const { logits, totals } = await evaluator.evaluate(
        requestFor({ checkpoint, split, engine }),
      );
      const expected = floatsOf(referenceFile('fashion-cnn.t10k-logits.f32'));
      expect(largestDifference(logits, expected)).toBeLessThan(1e-4);
      const reference = JSON.parse(
        readFileSync(referenceFile('fashion-cnn.t10k-metrics.json'), 'utf8'),
      ) as { confusionMatrix: number[][] };
      expect(totals.confusionMatrix).toEqual(reference.confusionMatrix);
    },
  );

  test('NaN weights are described, and the run of them says what is wrong', async () => {
    const stateDict = randomStateDict({ '1.weight': [3, 4], '1.bias': [3] });
    stateDict.get('1.weight')?.values.fill(Number.NaN, 5, 6);
    const yaml = `
architecture: [flatten, linear: { in: 4, out: 3 }]
input: { height: 2, width: 2, channels: 1 }`;
    const checkpoint = safetensorsCheckpoint(stateDict, yaml);
    expect(describeCheckpoint(checkpoint).parameterCount).toBe(15);
    const split = randomSplit({ height: 2, width: 2, channels: 1 }, 3, 5);
    await expect(
      evaluator.evaluate(requestFor({ checkpoint, split, engine })),
    ).rejects.toMatchObject({ code: 'LOGITS_NOT_FINITE' });
  });
});
