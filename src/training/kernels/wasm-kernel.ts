/** What the kernels of this folder share: running another kernel of the wasm backend on bare tensors. */
import type { KernelConfig, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../inference/tfjs/runtime';

export type Inputs = Record<string, TensorInfo>;

/** A kernel as it is written here: it gives one tensor and owns none of its inputs. */
export type WasmKernel = (
  inputs: Inputs,
  attrs: Record<string, unknown>,
  context: WasmContext,
) => TensorInfo;

/** The part of tfjs's wasm backend that kernels use. */
export interface WasmBackend {
  /** Allocates a tensor on the wasm heap, its content undefined. */
  makeOutput(shape: number[], dtype: 'float32'): TensorInfo;
  /** A view on the heap; it is void after the next allocation. */
  typedArrayFromHeap(tensor: TensorInfo): TypedArray;
  disposeData(dataId: object): boolean;
}

type TypedArray = Float32Array | Int32Array | Uint8Array;

export class WasmContext {
  constructor(
    private readonly tf: TensorFlow,
    readonly backend: WasmBackend,
  ) {}

  get backendUtil(): TensorFlow['backend_util'] {
    return this.tf.backend_util;
  }

  /** Runs the kernel that is registered under this name; the caller owns the result. */
  run(kernelName: string, inputs: Inputs, attrs: Record<string, unknown> = {}): TensorInfo {
    return this.runConfig(this.tf.getKernel(kernelName, 'wasm'), inputs, attrs);
  }

  runConfig(config: KernelConfig, inputs: Inputs, attrs: Record<string, unknown>): TensorInfo {
    const outcome = config.kernelFunc({
      inputs,
      attrs: attrs as NamedAttrMap,
      backend: this.backend,
    });
    const [first] = Array.isArray(outcome) ? outcome : [outcome];
    if (first === undefined) throw new TypeError(`kernel ${config.kernelName} gave no tensor`);
    return first;
  }

  /** Frees tensors that this kernel made on its way. */
  release(...tensors: TensorInfo[]): void {
    for (const tensor of tensors) this.backend.disposeData(tensor.dataId);
  }
}

/** Takes an input by name; its absence is a bug of the caller, tfjs itself. */
export function input(inputs: Inputs, name: string): TensorInfo {
  const tensor = inputs[name];
  if (tensor === undefined) throw new TypeError(`kernel input "${name}" is missing`);
  return tensor;
}

export type Shape4D = [number, number, number, number];
