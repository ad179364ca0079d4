import { misfit } from '../../../src/dashboard/runs/misfit';

const checkpoint = {
  format: 'ONNX',
  classCount: 10,
  inputHeight: 28,
  inputWidth: 28,
  inputChannels: 1,
};
const dataset = {
  classNames: Array.from({ length: 10 }, (_, index) => String(index)),
  imageHeight: 28,
  imageWidth: 28,
  imageChannels: 1,
};

it('says why a checkpoint can not be evaluated on a dataset, and nothing where it can', () => {
  expect(misfit(checkpoint, dataset, 'ONNX')).toBeUndefined();
  expect(misfit({ ...checkpoint, inputChannels: 3 }, dataset, 'ONNX')).toBe(
    'The checkpoint wants images of 28×28×3 (height, width, channels), the dataset has 28×28×1.',
  );
  expect(misfit({ ...checkpoint, classCount: 3 }, dataset, 'ONNX')).toBe(
    'The checkpoint knows 3 classes, the dataset has 10.',
  );
  const graph = { ...checkpoint, format: 'TFJS_GRAPH' };
  expect(misfit(graph, dataset, 'TFJS')).toBeUndefined();
  expect(misfit(graph, dataset, 'ONNX')).toBe('A TensorFlow.js graph model needs the engine TFJS.');
});
