/** Networks of several sizes with made weights, as ONNX checkpoints: what they say is of no interest, what they take is. */
import { checkpointDigest } from '../../src/checkpoints/formats/checkpoint-digest';
import type { CheckpointFiles } from '../../src/checkpoints/formats/checkpoint-files';
import { NO_PADDING } from '../../src/checkpoints/formats/layer-spec';
import type { SequentialLayer, Tensor } from '../../src/checkpoints/formats/sequential-model';
import type { ImageShape, Split } from '../../src/datasets/dataset';
import { writeOnnx } from '../../src/inference/onnx/write-onnx';

const CLASS_COUNT = 10;

export interface NetworkPlan {
  image: ImageShape;
  /** Channels of 3×3 convolutions; each block ends with a pooling by 2. */
  blocks: readonly (readonly number[])[];
  /** Of the dense layers before the last. */
  units: readonly number[];
}

export function madeCheckpoint({ image, blocks, units }: NetworkPlan): CheckpointFiles {
  const layers: SequentialLayer[] = [];
  let { channels, height, width } = image;
  for (const [i, block] of blocks.entries()) {
    for (const [j, outputs] of block.entries()) {
      layers.push({
        kind: 'conv2d',
        name: `conv${i}_${j}`,
        weight: made([outputs, channels, 3, 3]),
        bias: made([outputs]),
        strides: [1, 1],
        padding: { top: 1, left: 1, bottom: 1, right: 1 },
      });
      layers.push({ kind: 'relu' });
      channels = outputs;
    }
    layers.push({ kind: 'maxPool2d', kernel: [2, 2], strides: [2, 2], padding: NO_PADDING });
    [height, width] = [Math.floor(height / 2), Math.floor(width / 2)];
  }
  layers.push({ kind: 'flatten' });
  let inputs = channels * height * width;
  for (const [i, outputs] of [...units, CLASS_COUNT].entries()) {
    if (i > 0) layers.push({ kind: 'relu' });
    const [weight, bias] = [made([outputs, inputs]), made([outputs])];
    layers.push({ kind: 'dense', name: `dense${i}`, weight, bias });
    inputs = outputs;
  }
  const bytes = writeOnnx({ inputShape: image, classCount: CLASS_COUNT, layers });
  const files = new Map([['made.onnx', bytes]]);
  return { format: 'onnx', digest: checkpointDigest(files), files, sizeBytes: bytes.length };
}

/** Images of noise. */
export function madeSplit(imageShape: ImageShape, sampleCount: number): Split {
  const size = imageShape.height * imageShape.width * imageShape.channels;
  const images = new Uint8Array(new SharedArrayBuffer(sampleCount * size));
  images.forEach((_, i) => {
    images[i] = (i * 2654435761) >>> 24;
  });
  const labels = new Uint16Array(new SharedArrayBuffer(2 * sampleCount));
  const name = 'made';
  return { name, digest: '', sampleCount, classCount: CLASS_COUNT, imageShape, images, labels };
}

/** Small enough that activations neither vanish nor overflow. */
function made(shape: readonly number[]): Tensor {
  const [, ...fanIn] = shape;
  const size = shape.reduce((product, length) => product * length, 1);
  const scale = 1 / Math.sqrt(fanIn.reduce((product, length) => product * length, 1));
  const data = Float32Array.from({ length: size }, (_, i) => scale * Math.sin(i + 1));
  return { shape, data };
}
