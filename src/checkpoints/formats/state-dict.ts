/** Weights without a graph: named tensors, as PyTorch and safetensors files hold them. */

export const STATE_DICT_DTYPES = ['float64', 'float32', 'float16', 'bfloat16', 'int64'] as const;
export type StateDictDtype = (typeof STATE_DICT_DTYPES)[number];

export interface NamedTensor {
  /** What the file holds; `values` are float32 whatever it is. */
  dtype: StateDictDtype;
  shape: readonly number[];
  /** Contiguous, row by row: product(shape) values. */
  values: Float32Array;
}

/** By name, in the file's order, `module.` prefixes of data-parallel wrappers taken off. */
export type StateDict = ReadonlyMap<string, NamedTensor>;
