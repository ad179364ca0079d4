/** What adds up over batches and shards: everything else about a result derives from it. */

export interface EvaluationTotals {
  classCount: number;
  sampleCount: number;
  /** Sum over samples of the cross-entropy loss in nats. */
  lossSum: number;
  /** classCount × classCount integer counts, rows true, columns predicted. */
  confusionMatrix: number[][];
}
