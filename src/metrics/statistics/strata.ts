/** What is resampled together: all samples, or each class on its own. */

export interface Strata {
  /** Sample indices, those of a stratum side by side. */
  order: Uint32Array;
  /** Where each stratum starts in `order`, and the end of the last: one more than strata. None is empty. */
  bounds: number[];
}

/** @param labels the true class indices, each below `classCount` */
export function strataOf(labels: Uint32Array, classCount: number, stratified: boolean): Strata {
  const order = Uint32Array.from(labels.keys());
  if (!stratified) return { order, bounds: [0, labels.length] };
  const next = new Uint32Array(classCount + 1);
  for (const label of labels) next[label + 1] = (next[label + 1] as number) + 1;
  for (let k = 0; k < classCount; k++) next[k + 1] = (next[k + 1] as number) + (next[k] as number);
  const bounds = [...new Set(next)];
  labels.forEach((label, i) => {
    const place = next[label] as number;
    order[place] = i;
    next[label] = place + 1;
  });
  return { order, bounds };
}
