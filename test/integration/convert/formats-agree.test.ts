/** The reference weights through every format: the same predictions, and PyTorch's logits. */
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { CheckpointFiles } from '../../../src/checkpoints/formats/checkpoint-files';
import { readCheckpoint } from '../../../src/checkpoints/formats/read-checkpoint';
import { convertCheckpoint } from '../../../src/conversion/convert-checkpoint';
import { createFashionMnist } from '../../../src/datasets/fashion-mnist/fashion-mnist.source';
import type { EngineName } from '../../../src/inference/engine';
import {
  itWithMirrorAndReference,
  itWithReference,
  mirrorFolder,
  referenceFile,
} from '../../support/reference';
import { temporaryFolder } from '../../support/temporary-folder';
import { evaluatorForTests, requestFor } from '../../unit/inference/support/evaluation';

const evaluator = evaluatorForTests();

function referenceLogits(): Float32Array {
  const raw = readFileSync(referenceFile('fashion-cnn.t10k-logits.f32'));
  return Float32Array.from({ length: raw.length / 4 }, (_, i) => raw.readFloatLE(4 * i));
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] ?? NaN))), 0);
}

/** The first of equal ones, as everywhere. */
function predictions(logits: Float32Array, classes: number): number[] {
  return Array.from({ length: logits.length / classes }, (_, row) => {
    const scores = logits.subarray(row * classes, (row + 1) * classes);
    return scores.indexOf(Math.max(...scores));
  });
}

itWithMirrorAndReference(
  'pth, safetensors, tfjs and onnx give the same 10,000 predictions, and logits within 1e-4 of PyTorch’s',
  async () => {
    const folder = await temporaryFolder();
    const places = ['net.safetensors', 'tf/', 'net.onnx', 'back.pth'].map(
      (name) => `${folder}/${name}`,
    );
    let from = referenceFile('fashion-cnn.pth');
    // Each from the one before, so that no step's loss is made good by the next.
    for (const to of places) {
      const { largestDifference: difference } = await convertCheckpoint(evaluator, { from, to });
      expect(difference).toBeLessThan(1e-5);
      from = to;
    }
    const source = createFashionMnist({
      dataDir: path.join(folder, 'data'),
      mirrorDir: mirrorFolder ?? '',
    });
    const split = await source.loadSplit('test');
    const expected = referenceLogits();
    const logitsOf = async (checkpoint: CheckpointFiles, name: EngineName) => {
      const { logits } = await evaluator.evaluate(requestFor({ checkpoint, split, engine: name }));
      expect(logits).toHaveLength(expected.length);
      return logits;
    };
    const runs: [string, EngineName][] = [
      [referenceFile('fashion-cnn.pth'), 'onnx'],
      ...places.map((place): [string, EngineName] => [place, 'onnx']),
      [`${folder}/tf`, 'tfjs'],
    ];
    const wanted = predictions(expected, 10);
    for (const [place, name] of runs) {
      const logits = await logitsOf(await readCheckpoint(place), name);
      expect(largestDifference(logits, expected)).toBeLessThan(1e-4);
      expect(predictions(logits, 10)).toEqual(wanted);
    }
  },
);

itWithMirrorAndReference(
  'the reference ONNX file converts to the reference state dict',
  async () => {
    const to = path.join(await temporaryFolder(), 'from-onnx.pth');
    const from = referenceFile('fashion-cnn.onnx');
    const { largestDifference: difference } = await convertCheckpoint(evaluator, {
      from,
      to,
    });
    expect(difference).toBeLessThan(1e-4);
    const back = await readCheckpoint(to);
    expect([...back.files.keys()]).toEqual(['from-onnx.pth', 'from-onnx.yaml']);
  },
);

itWithReference('an interruption ends it without a trace', async () => {
  const folder = await temporaryFolder();
  const request = { from: referenceFile('fashion-cnn.pth'), to: path.join(folder, 'net.onnx') };
  const interruption = new AbortController();
  const conversion = convertCheckpoint(evaluator, { ...request, signal: interruption.signal });
  setTimeout(() => {
    interruption.abort();
  }, 20);
  await expect(conversion).rejects.toMatchObject({ code: 'CONVERT_INTERRUPTED' });
  expect(await readdir(folder)).toEqual([]);
});
