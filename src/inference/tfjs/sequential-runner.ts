/** Runs a SequentialModel by tfjs operations: checkpoints of every format that gives one. */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { SequentialModel } from '../../checkpoints/formats/sequential-model';
import { type Keep, type Step, stepsOf } from './layer-steps';
import type { TensorFlow } from './runtime';
import type { TfjsRunner } from './tfjs-model';

export class SequentialRunner implements TfjsRunner {
  readonly layout = 'NHWC';
  private readonly weights: Tensor[] = [];
  private readonly steps: readonly Step[];

  /** Where this throws, nothing is left behind. */
  constructor(tf: TensorFlow, model: SequentialModel) {
    const keep: Keep = (tensor) => {
      this.weights.push(tensor);
      return tensor;
    };
    try {
      this.steps = stepsOf(tf, model.layers, keep);
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  run(batch: Tensor4D): Tensor {
    return this.steps.reduce<Tensor>((value, step) => step(value), batch);
  }

  dispose(): void {
    for (const tensor of this.weights.splice(0)) tensor.dispose();
  }
}
