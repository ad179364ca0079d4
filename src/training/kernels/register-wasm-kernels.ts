/** Gives the wasm backend what training needs: the kernel it lacks, and faster ones for three it has. */
import type { KernelConfig } from '@tensorflow/tfjs';
import type { TfjsRuntime } from '../../inference/tfjs/runtime';
import { batchMatMul } from './batch-mat-mul';
import { conv2dBackpropFilter } from './conv2d-backprop-filter';
import { conv2dBackpropInput } from './conv2d-backprop-input';
import { maxPoolGrad } from './max-pool-grad';
import { WasmContext, type Inputs, type WasmBackend, type WasmKernel } from './wasm-kernel';

const prepared = new WeakSet();

/**
 * Registers the kernels once per runtime. On any other backend than wasm it does nothing: tensorflow
 * has all kernels, and faster ones.
 */
export function registerWasmKernels({ tf, backend }: TfjsRuntime): void {
  if (backend.name !== 'wasm' || prepared.has(tf)) return;
  prepared.add(tf);
  const stock = (name: string): KernelConfig => tf.getKernel(name, 'wasm');
  const kernels: Record<string, WasmKernel> = {
    Conv2DBackpropFilter: conv2dBackpropFilter,
    Conv2DBackpropInput: conv2dBackpropInput(stock('Conv2DBackpropInput')),
    BatchMatMul: batchMatMul(stock('BatchMatMul')),
    MaxPoolGrad: maxPoolGrad,
  };
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    if (stockExists(tf.getKernelsForBackend('wasm'), kernelName)) {
      tf.unregisterKernel(kernelName, 'wasm');
    }
    tf.registerKernel({
      kernelName,
      backendName: 'wasm',
      kernelFunc: ({ inputs, attrs, backend: running }) =>
        kernel(inputs as Inputs, attrs ?? {}, new WasmContext(tf, running as WasmBackend)),
    });
  }
}

function stockExists(configs: readonly KernelConfig[], kernelName: string): boolean {
  return configs.some((config) => config.kernelName === kernelName);
}
