/** The raw outputs that a run stored, put together from its blocks. */
import type { DataSource } from 'typeorm';
import { PredictionBlock } from '../../src/evaluations/prediction-block.entity';

/** @throws Error where the blocks are not the whole split, in its order and without a gap */
export async function storedLogits({ manager }: DataSource, runId: string): Promise<Float32Array> {
  const blocks = await manager.find(PredictionBlock, { where: { runId }, order: { shard: 'ASC' } });
  let samples = 0;
  for (const [index, block] of blocks.entries()) {
    if (block.shard !== index || block.firstSample !== samples)
      throw new Error('blocks have a gap');
    if (block.logits.length !== block.sampleCount * block.classCount * 4) {
      throw new Error(`block ${index} does not hold what it says`);
    }
    samples += block.sampleCount;
  }
  const bytes = Buffer.concat(blocks.map(({ logits }) => logits));
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
}

export function largestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) throw new Error(`${a.length} values against ${b.length}`);
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] ?? NaN))), 0);
}

/** The class with the highest logit of each row; equal ones go to the lower index. */
export function predictionsOf(logits: Float32Array, classCount: number): number[] {
  return Array.from({ length: logits.length / classCount }, (_, row) => {
    const values = logits.subarray(row * classCount, (row + 1) * classCount);
    return values.indexOf(Math.max(...values));
  });
}
