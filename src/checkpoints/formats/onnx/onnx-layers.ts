/** Single ONNX operators as layers of a SequentialModel. */
import { quoted } from '../checkpoint-invalid';
import type { HeightWidth, Padding } from '../layer-spec';
import type { SequentialLayer, Tensor } from '../sequential-model';
import type { NodeParts } from './onnx-parts';

/** Hands out a node's weights. */
export interface NodeWeights {
  /**
   * @param input position among the node's inputs
   * @param rank how many dimensions it must have
   * @throws UserError where there is none of this rank, or it is no float32 tensor
   */
  take(input: number, rank: number): Tensor;
  has(input: number): boolean;
  /** What the tensors are called before `.weight`, '' where they are not called so. */
  name: string;
}

/**
 * @returns the layer, or why the operator is none that all formats have
 * @throws UserError what `weights` throws
 */
export function layerOfNode(node: NodeParts, weights: NodeWeights): SequentialLayer | string {
  const read = READERS.get(node.opType);
  if (read === undefined || node.domain !== '') return 'it is not one of the supported ones';
  const foreign = [...node.attributes.keys()].find((name) => !read.attributes.includes(name));
  if (foreign !== undefined) return `it has the attribute ${quoted(foreign.slice(0, 40))}`;
  return read.read(node, weights);
}

interface Reader {
  attributes: readonly string[];
  read: (node: NodeParts, weights: NodeWeights) => SequentialLayer | string;
}

/** What the readers of all other formats take. */
const MAX_WINDOW_SIDE = 1024;
const WINDOW = ['kernel_shape', 'strides', 'pads', 'dilations', 'auto_pad'];

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>(
  Object.entries({
    Conv: { attributes: [...WINDOW, 'group'], read: readConv },
    BatchNormalization: {
      attributes: ['epsilon', 'momentum', 'training_mode', 'spatial'],
      read: readBatchNorm,
    },
    Relu: { attributes: [], read: () => ({ kind: 'relu' }) },
    MaxPool: {
      attributes: [...WINDOW, 'ceil_mode', 'storage_order'],
      read: (node) => {
        const window = windowOf(node, intsOf(node, 'kernel_shape'));
        return typeof window === 'string' ? window : { kind: 'maxPool2d', ...window };
      },
    },
    AveragePool: {
      attributes: [...WINDOW, 'ceil_mode', 'count_include_pad'],
      read: (node) => {
        const window = windowOf(node, intsOf(node, 'kernel_shape'));
        const countIncludePad = flagOf(node, 'count_include_pad');
        if (typeof window === 'string') return window;
        if (countIncludePad === undefined) return 'its count_include_pad is neither 0 nor 1';
        return { kind: 'avgPool2d', ...window, countIncludePad };
      },
    },
    GlobalAveragePool: { attributes: [], read: () => ({ kind: 'globalAvgPool2d' }) },
    Dropout: {
      attributes: ['ratio', 'seed'],
      read: ({ attributes }, weights) => {
        const ratio = weights.has(1) ? weights.take(1, 0).data[0] : attributes.get('ratio');
        if (weights.has(2)) return 'it has a training mode';
        const rate = ratio ?? 0.5;
        if (typeof rate !== 'number' || !(rate >= 0 && rate <= 1)) return 'its ratio is not in 0…1';
        return { kind: 'dropout', rate };
      },
    },
    Flatten: {
      attributes: ['axis'],
      read: ({ attributes }) =>
        (attributes.get('axis') ?? 1) === 1 ? { kind: 'flatten' } : 'it flattens another axis',
    },
    Gemm: { attributes: ['alpha', 'beta', 'transA', 'transB'], read: readGemm },
    Softmax: {
      attributes: ['axis'],
      read: ({ attributes }) =>
        [-1, 1].includes(Number(attributes.get('axis') ?? -1))
          ? { kind: 'softmax' }
          : 'it goes over another axis',
    },
  } satisfies Record<string, Reader>),
);

export const LAYER_OPERATORS: readonly string[] = [...READERS.keys()];

function readConv(node: NodeParts, weights: NodeWeights): SequentialLayer | string {
  if ((node.attributes.get('group') ?? 1) !== 1) return 'it is grouped';
  const weight = weights.take(1, 4);
  const bias = weights.has(2) ? weights.take(2, 1) : undefined;
  const kernel = weight.shape.slice(2);
  const said = intsOf(node, 'kernel_shape');
  if (said !== undefined && said.join() !== kernel.join()) return 'its kernel has another shape';
  const window = windowOf(node, kernel);
  if (typeof window === 'string') return window;
  if (bias !== undefined && !isVector(bias, weight.shape[0])) return 'its bias has another size';
  const { strides, padding } = window;
  return { kind: 'conv2d', name: weights.name, weight, bias, strides, padding };
}

function readBatchNorm({ attributes }: NodeParts, weights: NodeWeights): SequentialLayer | string {
  if ((attributes.get('training_mode') ?? 0) !== 0) return 'it is in training mode';
  if ((attributes.get('spatial') ?? 1) !== 1) return 'it is not over channels';
  const epsilon = attributes.get('epsilon') ?? 1e-5;
  if (typeof epsilon !== 'number' || !(epsilon >= 0 && epsilon <= 1)) {
    return 'its epsilon is not in 0…1';
  }
  const weight = weights.take(1, 1);
  const bias = weights.take(2, 1);
  const runningMean = weights.take(3, 1);
  const runningVar = weights.take(4, 1);
  const channels = weight.shape[0];
  if (![bias, runningMean, runningVar].every((tensor) => isVector(tensor, channels))) {
    return 'its weights have not all one size';
  }
  const { name } = weights;
  return { kind: 'batchNorm2d', name, weight, bias, runningMean, runningVar, epsilon };
}

function readGemm(node: NodeParts, weights: NodeWeights): SequentialLayer | string {
  const { attributes } = node;
  const factors = ['alpha', 'beta'].map((name) => attributes.get(name) ?? 1);
  if (factors.some((factor) => factor !== 1)) return 'it has a factor (alpha or beta)';
  if ((attributes.get('transA') ?? 0) !== 0) return 'it turns its input';
  const weight = weights.take(1, 2);
  const bias = weights.has(2) ? weights.take(2, 1) : undefined;
  const turned = flagOf(node, 'transB');
  if (turned === undefined) return 'its transB is neither 0 nor 1';
  // ONNX would stretch a bias of one number over all rows.
  if (bias !== undefined && !isVector(bias, weight.shape[turned ? 0 : 1])) {
    return 'its bias has another size';
  }
  return { kind: 'dense', name: weights.name, weight: turned ? weight : transposed(weight), bias };
}

/** Runtimes take any number but 0 for true; here such a file is refused. */
function flagOf({ attributes }: NodeParts, name: string): boolean | undefined {
  const value = attributes.get(name) ?? 0;
  return value === 0 || value === 1 ? value === 1 : undefined;
}

function isVector({ shape }: Tensor, size: number | undefined): boolean {
  return shape.length === 1 && shape[0] === size;
}

function windowOf(
  { attributes }: NodeParts,
  kernel: readonly number[] | undefined,
): { kernel: HeightWidth; strides: HeightWidth; padding: Padding } | string {
  const ints = (name: string, fallback: readonly number[]): readonly number[] => {
    const value = attributes.get(name) ?? fallback;
    return typeof value === 'object' ? value : [];
  };
  const [height, width, ...more] = kernel ?? [];
  const [down, right, ...moreStrides] = ints('strides', [1, 1]);
  const [top, left, bottom, end, ...morePads] = ints('pads', [0, 0, 0, 0]);
  if (height === undefined || width === undefined || down === undefined || right === undefined) {
    return 'it is not over images';
  }
  if (top === undefined || left === undefined || bottom === undefined || end === undefined) {
    return 'it is not over images';
  }
  const sizes = [height - 1, width - 1, down - 1, right - 1, top, left, bottom, end];
  const isOdd = sizes.some((size) => size < 0 || size > MAX_WINDOW_SIDE);
  if (more.length + moreStrides.length + morePads.length > 0 || isOdd) {
    return `it is not over images, or has a size below its least or above ${MAX_WINDOW_SIDE}`;
  }
  if (ints('dilations', [1, 1]).some((dilation) => dilation !== 1)) return 'it is dilated';
  if ((attributes.get('ceil_mode') ?? 0) !== 0) return 'it rounds its size up (ceil_mode)';
  if (!['NOTSET', 'VALID'].includes(String(attributes.get('auto_pad') ?? 'NOTSET'))) {
    return 'it leaves its padding to the runtime (auto_pad)';
  }
  return {
    kernel: [height, width],
    strides: [down, right],
    padding: { top, left, bottom, right: end },
  };
}

function intsOf({ attributes }: NodeParts, name: string): readonly number[] | undefined {
  const value = attributes.get(name);
  return typeof value === 'object' ? value : undefined;
}

function transposed({ shape, data }: Tensor): Tensor {
  const [rows = 0, columns = 0] = shape;
  const turned = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      turned[column * rows + row] = data[row * columns + column] as number;
    }
  }
  return { shape: [columns, rows], data: turned };
}
