/** TensorFlow's padding by the name 'same'. */

/**
 * Padding before and after along one axis for ⌈size / stride⌉ positions, the odd one after.
 * Source: the notes on padding of tf.nn.convolution.
 */
export function samePadding(
  size: number,
  kernel: number,
  stride: number,
): [before: number, after: number] {
  const missing = Math.max((Math.ceil(size / stride) - 1) * stride + kernel - size, 0);
  const before = Math.floor(missing / 2);
  return [before, missing - before];
}
