/**
 * How long the threads of onnxruntime may wait for more work at full speed: whoever is timed next is not to be slowed
 * down by them.
 */
export const SPINNING_MS = 200;
