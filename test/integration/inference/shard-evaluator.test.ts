import type { Worker } from 'node:worker_threads';
import { OperationalError, UserError } from '../../../src/errors';
import { createShardEvaluator } from '../../../src/inference/worker/shard-evaluator';
import { startThread } from '../../../src/inference/worker/start-thread';
import {
  evaluatorForTests,
  randomSplit,
  requestFor,
} from '../../unit/inference/support/evaluation';
import {
  checkpointOf,
  layersCheckpoint,
  randomWeight,
  tinyCnn,
} from '../../unit/inference/support/layers-checkpoint';
import { onnxFile } from '../../unit/inference/support/onnx-file';

const tiny = tinyCnn();
const checkpoint = layersCheckpoint(tiny.layers, tiny.weights);
const imageShape = { height: 4, width: 4, channels: 1 };
const split = randomSplit(imageShape, 3, 100);
/** Some thousand batches: long enough to be stopped in the middle. */
const longSplit = randomSplit(imageShape, 3, 200_000);
const long = { checkpoint, split: longSplit, batchSize: 4 };

/** The tiny CNN with another first weight: another digest. */
function variant(number: number): typeof checkpoint {
  const [kernel, ...rest] = tiny.weights;
  if (kernel === undefined) throw new Error('no weight');
  return layersCheckpoint(tiny.layers, [
    randomWeight(kernel.name, kernel.shape, 100 + number),
    ...rest,
  ]);
}

describe('an evaluation', () => {
  const evaluator = evaluatorForTests();

  test('gives the same for any batch size and for any cut into shards', async () => {
    const whole = await evaluator.evaluate(requestFor({ checkpoint, split }));
    expect(whole.logits).toHaveLength(300);
    expect(whole.totals.sampleCount).toBe(100);
    for (const batchSize of [1, 7, 100, 4096]) {
      const again = await evaluator.evaluate(requestFor({ checkpoint, split, batchSize }));
      expect(again.totals.confusionMatrix).toEqual(whole.totals.confusionMatrix);
      again.logits.forEach((logit, i) => {
        expect(logit).toBeCloseTo(whole.logits[i] as number, 5);
      });
    }
    const part = { firstSample: 30, sampleCount: 45 };
    const { logits } = await evaluator.evaluate(requestFor({ checkpoint, split, ...part }));
    logits.forEach((logit, i) => {
      expect(logit).toBeCloseTo(whole.logits[90 + i] as number, 5);
    });
  });

  test('loads a checkpoint once, and again after two others', async () => {
    const [a, b, c] = [variant(1), variant(2), variant(3)];
    const loadMs = async (of: typeof checkpoint): Promise<number> =>
      (await evaluator.evaluate(requestFor({ checkpoint: of, split }))).timings.loadMs;
    expect(await loadMs(a)).toBeGreaterThan(0);
    expect(await loadMs(b)).toBeGreaterThan(0);
    expect(await loadMs(a)).toBe(0);
    expect(await loadMs(c)).toBeGreaterThan(0);
    expect(await loadMs(b)).toBeGreaterThan(0);
  });

  test('tells its progress, not for every batch, and the end', async () => {
    const told: number[] = [];
    await evaluator.evaluate(requestFor({ ...long, onProgress: (done) => told.push(done) }));
    expect(told.at(-1)).toBe(longSplit.sampleCount);
    expect(told.length).toBeGreaterThan(1);
    expect(told.length).toBeLessThan(longSplit.sampleCount / 4 / 10);
    expect(told).toEqual([...told].sort((a, b) => a - b));
  });

  test('fails where its progress listener throws, with that error', async () => {
    const bug = new Error('listener');
    const onProgress = (): void => {
      throw bug;
    };
    await expect(evaluator.evaluate(requestFor({ checkpoint, split, onProgress }))).rejects.toBe(
      bug,
    );
  });

  test('of a checkpoint with a NaN weight is refused, with the sample', async () => {
    const weights = structuredClone(tiny.weights);
    weights.at(-1)?.values.fill(Number.NaN, 1, 2);
    const broken = layersCheckpoint(tiny.layers, weights);
    const refused = evaluator.evaluate(requestFor({ checkpoint: broken, split }));
    await expect(refused).rejects.toBeInstanceOf(UserError);
    await expect(refused).rejects.toMatchObject({
      code: 'LOGITS_NOT_FINITE',
      details: { sample: 0, classIndex: 1 },
    });
  });

  test('of a checkpoint for other images or classes names both sides', async () => {
    for (const other of [
      randomSplit({ height: 5, width: 4, channels: 1 }, 3, 10),
      randomSplit(imageShape, 10, 10),
    ]) {
      await expect(
        evaluator.evaluate(requestFor({ checkpoint, split: other })),
      ).rejects.toMatchObject({
        code: 'CHECKPOINT_DATASET_MISMATCH',
        message: expect.stringMatching(/4×4×1 and 3 classes.*(5×4×1|10 classes)/) as unknown,
      });
    }
  });

  test('of a file that onnxruntime refuses gives its reason, and a later one is not disturbed', async () => {
    const bad = checkpointOf({ 'bad.onnx': onnxFile() });
    for (let time = 0; time < 2; time++) {
      await expect(
        evaluator.evaluate(requestFor({ checkpoint: bad, split })),
      ).rejects.toMatchObject({
        code: 'CHECKPOINT_INVALID',
        message: expect.stringMatching(/onnxruntime can't load it: .*weight/) as unknown,
      });
    }
    expect((await evaluator.evaluate(requestFor({ checkpoint, split }))).totals.sampleCount).toBe(
      100,
    );
  });

  test('of a format that the engine does not run is refused', async () => {
    const graph = { ...checkpoint, format: 'tfjs-graph' as const, digest: 'other' };
    const onnx = { ...checkpointOf({ 'x.onnx': onnxFile() }), digest: 'third' };
    await expect(
      evaluator.evaluate(requestFor({ checkpoint: graph, split })),
    ).rejects.toMatchObject({
      code: 'ENGINE_FORMAT_UNSUPPORTED',
      message: expect.stringContaining('use the tfjs engine') as unknown,
    });
    await expect(
      evaluator.evaluate(requestFor({ checkpoint: onnx, split, engine: 'tfjs' })),
    ).rejects.toMatchObject({ code: 'ENGINE_FORMAT_UNSUPPORTED' });
  });

  test.each([0, -1, 1.5, Number.NaN, 4097])(
    'with the batch size %p is refused',
    async (batchSize) => {
      await expect(
        evaluator.evaluate(requestFor({ checkpoint, split, batchSize })),
      ).rejects.toMatchObject({ code: 'BATCH_SIZE_INVALID', details: { maximum: 4096 } });
    },
  );

  test.each([
    [-1, 10],
    [95, 6],
    [0, 0],
    [0.5, 1],
  ])(
    'of samples outside of the split (from %p, %p of them) is a bug',
    async (firstSample, sampleCount) => {
      await expect(
        evaluator.evaluate(requestFor({ checkpoint, split, firstSample, sampleCount })),
      ).rejects.toThrow(RangeError);
    },
  );
});

describe('stopping', () => {
  const evaluator = evaluatorForTests();

  test('an evaluation in work ends soon, with the signal’s reason, and the next one runs', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled by the user');
    let done = 0;
    const stopped = evaluator.evaluate(
      requestFor({
        ...long,
        signal: controller.signal,
        onProgress: (samples) => {
          done = samples;
          controller.abort(reason);
        },
      }),
    );
    await expect(stopped).rejects.toBe(reason);
    expect(done).toBeLessThan(longSplit.sampleCount);
    expect((await evaluator.evaluate(requestFor({ checkpoint, split }))).totals.sampleCount).toBe(
      100,
    );
  });

  test('an evaluation that waits, or has not been asked for yet, ends at once', async () => {
    const controller = new AbortController();
    const order: string[] = [];
    const note = (word: string) => (): number => order.push(word);
    const first = evaluator.evaluate(requestFor(long)).then(note('first'));
    const waiting = evaluator
      .evaluate(requestFor({ checkpoint, split, signal: controller.signal }))
      .catch(note('waiting'));
    controller.abort();
    await Promise.all([first, waiting]);
    expect(order).toEqual(['waiting', 'first']);
    await expect(
      evaluator.evaluate(requestFor({ checkpoint, split, signal: controller.signal })),
    ).rejects.toBe(controller.signal.reason);
  });
});

describe('a thread that dies', () => {
  const threads: Worker[] = [];
  /** What the next threads are started with; the default when it is used up. */
  const starts: (() => Worker)[] = [];
  const evaluator = evaluatorForTests({
    start: () => {
      const thread = (starts.shift() ?? startThread)();
      threads.push(thread);
      return thread;
    },
  });

  async function expectCrash(crashed: Promise<unknown>, message: RegExp): Promise<void> {
    await expect(crashed).rejects.toBeInstanceOf(OperationalError);
    await expect(crashed).rejects.toMatchObject({
      code: 'ENGINE_CRASHED',
      message: expect.stringMatching(message) as unknown,
    });
    const next = await evaluator.evaluate(requestFor({ checkpoint, split }));
    expect(next.totals.sampleCount).toBe(100);
  }

  test('for want of memory fails what it works on, and is replaced', async () => {
    starts.push(() => startThread({ maxOldGenerationSizeMb: 4, maxYoungGenerationSizeMb: 1 }));
    await expectCrash(evaluator.evaluate(requestFor({ checkpoint, split })), /out of memory/);
    expect(threads).toHaveLength(2);
  });

  test('by an error that nobody catches fails what it works on, not what waits', async () => {
    const before = threads.length;
    const onProgress = (): void => {
      threads.at(-1)?.postMessage(null);
    };
    const crashed = evaluator.evaluate(requestFor({ ...long, onProgress }));
    const waiting = evaluator.evaluate(requestFor({ checkpoint, split }));
    await expectCrash(crashed, /exit code 1/);
    expect((await waiting).totals.sampleCount).toBe(100);
    expect(threads.length - before).toBe(1);
  });
});

describe('closing', () => {
  const open = (): string[] =>
    process.getActiveResourcesInfo().filter((name) => /Worker|MessagePort/.test(name));

  test('ends the thread and leaves nothing open', async () => {
    const before = open();
    const evaluator = createShardEvaluator();
    await evaluator.evaluate(requestFor({ checkpoint, split }));
    expect(open().length).toBeGreaterThan(before.length);
    await evaluator.close();
    await evaluator.close();
    expect(open()).toEqual(before);
  });

  test('without a thread is nothing, and no evaluation is taken afterwards', async () => {
    const evaluator = createShardEvaluator();
    await evaluator.close();
    await expect(evaluator.evaluate(requestFor({ checkpoint, split }))).rejects.toMatchObject({
      code: 'EVALUATOR_CLOSED',
    });
  });

  test('stops what is in work and what waits', async () => {
    const evaluator = createShardEvaluator();
    let begun: () => void = () => undefined;
    const beginning = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const running = evaluator.evaluate(
      requestFor({
        ...long,
        onProgress: () => {
          begun();
        },
      }),
    );
    const waiting = evaluator.evaluate(requestFor({ checkpoint, split }));
    const results = Promise.allSettled([running, waiting]);
    await beginning;
    await evaluator.close();
    for (const result of await results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'EVALUATOR_CLOSED' } });
    }
  });
});
