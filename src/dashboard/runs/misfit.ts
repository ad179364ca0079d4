/** Why a checkpoint can not be evaluated on a dataset, as far as the page can tell. */

interface Wanted {
  format: string;
  classCount: number;
  inputHeight: number;
  inputWidth: number;
  inputChannels: number;
}

interface Given {
  classNames: readonly string[];
  imageHeight: number;
  imageWidth: number;
  imageChannels: number;
}

/** @returns undefined where they fit */
export function misfit(
  checkpoint: Wanted,
  dataset: Given,
  engine: 'ONNX' | 'TFJS',
): string | undefined {
  const { format, classCount, inputHeight, inputWidth, inputChannels } = checkpoint;
  const { classNames, imageHeight, imageWidth, imageChannels } = dataset;
  const input = `${inputHeight}×${inputWidth}×${inputChannels}`;
  const image = `${imageHeight}×${imageWidth}×${imageChannels}`;
  if (input !== image) {
    return `The checkpoint wants images of ${input} (height, width, channels), the dataset has ${image}.`;
  }
  if (classCount !== classNames.length) {
    return `The checkpoint knows ${classCount} classes, the dataset has ${classNames.length}.`;
  }
  if (format === 'TFJS_GRAPH' && engine !== 'TFJS') {
    return 'A TensorFlow.js graph model needs the engine TFJS.';
  }
  return undefined;
}
