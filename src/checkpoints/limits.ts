/** Sizes in bytes that hold for every checkpoint, whichever way it comes. */

/** All files together: an engine holds them in memory while it loads them. */
export const MAX_CHECKPOINT_BYTES = 2 ** 30;
/** JSON takes several times its bytes in memory while it is parsed; real ones are some kilobytes. */
export const MAX_MODEL_JSON_BYTES = 16 * 2 ** 20;
export const MAX_METADATA_BYTES = 256 * 2 ** 10;
