/** Adam (Kingma & Ba 2015) whose rate can be changed between epochs, which tfjs's own hides. */
import type { AdamOptimizer } from '@tensorflow/tfjs';
import type { TensorFlow } from '../inference/tfjs/runtime';

export interface DecayingAdam extends AdamOptimizer {
  setLearningRate(rate: number): void;
}

/** β₁ 0.9, β₂ 0.999 and ε 1e-8, the paper's values; the caller disposes it. */
export function decayingAdam(tf: TensorFlow, learningRate: number): DecayingAdam {
  class Adam extends tf.AdamOptimizer {
    setLearningRate(rate: number): void {
      this.learningRate = rate;
    }
  }
  return new Adam(learningRate, 0.9, 0.999, 1e-8);
}
