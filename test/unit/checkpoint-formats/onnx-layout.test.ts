/** Whether an ONNX file has its channels first or last, and that it is never guessed. */
import { contractOf } from '../../../src/checkpoints/formats/onnx/onnx-contract';
import { readOnnx } from '../../../src/checkpoints/formats/onnx/read-onnx';
import { onnxFile } from '../inference/support/onnx-file';
import { thrownBy } from '../inference/support/thrown-by';

const contract = (sizes: readonly number[], channelAxis?: number) => {
  const inputs = { x: ['n', ...sizes] };
  return contractOf(
    readOnnx(onnxFile({ inputs, ...(channelAxis !== undefined && { channelAxis }) })),
  );
};

test.each([
  [[1, 28, 28], 'NCHW'],
  [[3, 2, 2], 'NCHW'],
  [[1, 4, 4], 'NCHW'],
  [[28, 28, 1], 'NHWC'],
  [[5, 1, 3], 'NHWC'],
] as const)('sizes that leave no doubt, as %j, say it: %s', (sizes, layout) => {
  expect(contract(sizes).layout).toBe(layout);
});

test.each([[[3, 224, 3]], [[1, 1, 1]], [[2, 2, 1]], [[4, 32, 3]]])(
  'sizes that leave a doubt, as %j, are refused where the file does not denote its channels',
  (sizes) => {
    expect(thrownBy(() => contract(sizes))).toMatchObject({
      code: 'ONNX_LAYOUT_AMBIGUOUS',
      message: expect.stringContaining("denotation = 'DATA_CHANNEL'") as unknown,
    });
    const [first = 0, middle = 0, last = 0] = sizes;
    expect(contract(sizes, 1)).toMatchObject({
      layout: 'NCHW',
      inputShape: { height: middle, width: last, channels: first },
    });
    const lastShape = { height: first, width: middle, channels: last };
    expect(contract(sizes, 3)).toMatchObject({ layout: 'NHWC', inputShape: lastShape });
  },
);

test('two and four channels are read where the file denotes them', () => {
  expect(contract([2, 28, 28], 1).inputShape).toEqual({ height: 28, width: 28, channels: 2 });
  expect(contract([28, 28, 4], 3).inputShape).toEqual({ height: 28, width: 28, channels: 4 });
});
