/** How many images go through a model at once. */

/**
 * The reference CNN over 10,000 images by onnxruntime on 2 quiet cores, warm, median of 4: 115 ms at 32,
 * 111 ms at 64, 112 ms at 128, 120 ms at 256, 157 ms at 1000.
 */
export const DEFAULT_BATCH_SIZE = 64;

/** Nothing above some hundreds is faster. */
export const MAX_BATCH_SIZE = 4096;

/** 256 MiB as float32, for the batch alone: the layers behind it take several times as much. */
export const MAX_BATCH_VALUES = 2 ** 26;
