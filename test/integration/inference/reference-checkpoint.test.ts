import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { readCheckpoint } from '../../../src/checkpoints/formats/read-checkpoint';
import { createFashionMnist } from '../../../src/datasets/fashion-mnist/fashion-mnist.source';
import { mergeTotals } from '../../../src/metrics/totals';
import { itWithMirrorAndReference, mirrorFolder, referenceFile } from '../../support/reference';
import { evaluatorForTests, requestFor } from '../../unit/inference/support/evaluation';
import { temporaryFolder } from '../../unit/inference/support/layers-checkpoint';

interface ReferenceMetrics {
  n: number;
  loss: number;
  confusionMatrix: number[][];
}

const evaluator = evaluatorForTests();

itWithMirrorAndReference(
  'the reference checkpoint gives PyTorch’s logits and scikit-learn’s counts, whole and in shards',
  async () => {
    const dataDir = await temporaryFolder();
    try {
      const source = createFashionMnist({ dataDir, mirrorDir: mirrorFolder ?? '' });
      const split = await source.loadSplit('test');
      const checkpoint = await readCheckpoint(referenceFile('fashion-cnn.onnx'));
      const { logits, totals, backend, timings } = await evaluator.evaluate(
        requestFor({ checkpoint, split }),
      );

      const raw = readFileSync(referenceFile('fashion-cnn.t10k-logits.f32'));
      const expected = Float32Array.from({ length: raw.length / 4 }, (_, i) =>
        raw.readFloatLE(4 * i),
      );
      expect(logits).toHaveLength(expected.length);
      const difference = logits.reduce(
        (largest, logit, i) => Math.max(largest, Math.abs(logit - (expected[i] as number))),
        0,
      );
      expect(difference).toBeLessThan(1e-4);

      const reference = JSON.parse(
        readFileSync(referenceFile('fashion-cnn.t10k-metrics.json'), 'utf8'),
      ) as ReferenceMetrics;
      expect(totals.sampleCount).toBe(reference.n);
      expect(totals.confusionMatrix).toEqual(reference.confusionMatrix);
      expect(Math.abs(totals.lossSum / totals.sampleCount - reference.loss)).toBeLessThan(1e-6);
      expect(backend).toEqual({ name: 'onnxruntime', version: '1.30.0' });
      expect(timings.loadMs).toBeGreaterThan(0);
      expect(timings.inferenceMs).toBeGreaterThan(0);

      const shards = [
        { firstSample: 0, sampleCount: 3333 },
        { firstSample: 3333, sampleCount: 6667 },
      ];
      const outcomes = [];
      for (const shard of shards) {
        outcomes.push(await evaluator.evaluate(requestFor({ checkpoint, split, ...shard })));
      }
      const [first, second] = outcomes.map((outcome) => outcome.totals);
      if (first === undefined || second === undefined) throw new Error('no outcome');
      expect(mergeTotals(first, second).confusionMatrix).toEqual(totals.confusionMatrix);
      expect(outcomes[1]?.timings.loadMs).toBe(0);
    } finally {
      await rm(dataDir, { recursive: true });
    }
  },
);
