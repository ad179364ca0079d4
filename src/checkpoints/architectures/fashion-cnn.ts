/** The built-in network: the project's own CNN as PyTorch's nn.Sequential holds it. */
import type { ImageShape } from '../../datasets/dataset';
import { type LayerSpec, NO_PADDING, type Padding } from '../formats/layer-spec';

/** The architecture's name in descriptions. */
export const FASHION_CNN = 'fashion-cnn';

export interface FashionCnnSize {
  inputShape: ImageShape;
  classCount: number;
}

/** Of the network that config.yaml describes as it comes. */
const DEFAULT_SIZE: FashionCnnSize = {
  inputShape: { height: 28, width: 28, channels: 1 },
  classCount: 10,
};
const FILTERS = [8, 16] as const;
const HIDDEN_UNITS = 256;
const DROPOUT = 0.2;

/** conv 3×3 same, ReLU, conv 3×3 same, ReLU, max-pool 2, dropout, flatten, dense, ReLU, dropout, dense. */
export function fashionCnnLayers({ inputShape, classCount }: FashionCnnSize): LayerSpec[] {
  const { height, width, channels } = inputShape;
  const features = FILTERS[1] * Math.floor(height / 2) * Math.floor(width / 2);
  return [
    conv('0', channels, FILTERS[0]),
    { kind: 'relu' },
    conv('2', FILTERS[0], FILTERS[1]),
    { kind: 'relu' },
    { kind: 'maxPool2d', kernel: [2, 2], strides: [2, 2], padding: NO_PADDING },
    { kind: 'dropout', rate: DROPOUT },
    { kind: 'flatten' },
    dense('7', features, HIDDEN_UNITS),
    { kind: 'relu' },
    { kind: 'dropout', rate: DROPOUT },
    dense('10', HIDDEN_UNITS, classCount),
  ];
}

/**
 * The size that the weights of such a network show, where nobody gives it: images are taken for squares of an
 * even side. What does not show is as in config.yaml.
 *
 * @param shapeOf the shape of the tensor of this name, undefined where there is none
 */
export function fashionCnnSize(
  shapeOf: (name: string) => readonly number[] | undefined,
): FashionCnnSize {
  const channels = shapeOf('0.weight')?.[1] ?? 0;
  const classCount = shapeOf('10.bias')?.[0] ?? 0;
  const side = 2 * Math.sqrt((shapeOf('7.weight')?.[1] ?? 0) / FILTERS[1]);
  const { inputShape } = DEFAULT_SIZE;
  const sides = Number.isInteger(side) && side > 0 && side <= 8192 ? [side, side] : [];
  const [height = inputShape.height, width = inputShape.width] = sides;
  return {
    inputShape: {
      height,
      width,
      channels: channels >= 1 && channels <= 4 ? channels : inputShape.channels,
    },
    classCount: classCount >= 2 ? classCount : DEFAULT_SIZE.classCount,
  };
}

function conv(name: string, inputs: number, outputs: number): LayerSpec {
  const padding: Padding = { top: 1, left: 1, bottom: 1, right: 1 };
  return {
    kind: 'conv2d',
    name,
    inputs,
    outputs,
    kernel: [3, 3],
    strides: [1, 1],
    padding,
    bias: true,
  };
}

function dense(name: string, inputs: number, outputs: number): LayerSpec {
  return { kind: 'dense', name, inputs, outputs, bias: true };
}
