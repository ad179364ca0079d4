/** Whether each engine runs: a shipped checkpoint on images that are drawn, with an answer that is known. */
import path from 'node:path';
import { readCheckpoint } from '../checkpoints/formats/read-checkpoint';
import { projectRoot } from '../config/project-root';
import { createSampleSet } from '../datasets/sample-shapes/sample-shapes.source';
import type { EngineName } from '../inference/engine';
import type { ShardEvaluator } from '../inference/shard-evaluator';
import { type Answer, failed, ok } from './finding';

const IMAGES = 200;
/** The shipped checkpoint has 0.959 on all of the split. */
const LEAST_ACCURACY = 0.9;

export async function checkEngine(evaluator: ShardEvaluator, engine: EngineName): Promise<Answer> {
  const folder = path.join(projectRoot(), 'checkpoints', 'sample-cnn');
  const { backend, totals, timings } = await evaluator.evaluate({
    engine,
    checkpoint: await readCheckpoint(folder),
    split: await createSampleSet().loadSplit('test'),
    firstSample: 0,
    sampleCount: IMAGES,
    batchSize: 50,
  });
  const right = totals.confusionMatrix.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
  const name = `${backend.name} ${backend.version}`;
  if (right / IMAGES < LEAST_ACCURACY) {
    return failed(
      `${name} got only ${right} of ${IMAGES} images right: it computes something else on this machine than elsewhere, so please report it`,
    );
  }
  return ok(`${name}, ${IMAGES} images in ${Math.round(timings.inferenceMs)} ms`);
}
