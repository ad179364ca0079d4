/** Turns weights from PyTorch's layout to TensorFlow's: the way back of tfjs-weights.ts. */
import type { ImageShape } from '../../../datasets/dataset';
import type { Tensor } from '../sequential-model';

/** [out, in, height, width] → [height, width, in, out]. */
export function kernelToHwio({ shape, data }: Tensor): Tensor {
  const [outputs = 0, inputs = 0, height = 0, width = 0] = shape;
  const turned = new Float32Array(data.length);
  const positions = height * width;
  let from = 0;
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      for (let position = 0; position < positions; position++) {
        turned[(position * inputs + i) * outputs + o] = data[from++] as number;
      }
    }
  }
  return { shape: [height, width, inputs, outputs], data: turned };
}

/**
 * [out, in] → [in, out].
 *
 * @param image where the inputs are a flattened image: they are reordered from channels-height-width to
 *   height-width-channels
 */
export function denseToInOut({ shape, data }: Tensor, image: ImageShape | undefined): Tensor {
  const [outputs = 0, inputs = 0] = shape;
  const turned = new Float32Array(data.length);
  const positions = image === undefined ? 1 : image.height * image.width;
  const channels = inputs / positions;
  for (let i = 0; i < inputs; i++) {
    const to = (i % positions) * channels + Math.floor(i / positions);
    for (let o = 0; o < outputs; o++) turned[to * outputs + o] = data[o * inputs + i] as number;
  }
  return { shape: [inputs, outputs], data: turned };
}
