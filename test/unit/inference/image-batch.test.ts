import { defaultPreprocessing, type Preprocessing } from '../../../src/checkpoints/preprocessing';
import { batchFiller, type Layout } from '../../../src/inference/image-batch';

const shape = { height: 1, width: 2, channels: 3 };
const bytes = Uint8Array.of(0, 51, 102, 153, 204, 255, 255, 0, 0, 0, 0, 255);
const own = defaultPreprocessing({ channels: 3, endsInSoftmax: false });

function filled(preprocessing: Partial<Preprocessing>, layout: Layout): Float32Array {
  const target = new Float32Array(12);
  batchFiller({ ...own, ...preprocessing }, shape, layout)(target, bytes, 2);
  return target;
}

/** Back to bytes, so that the order shows. */
const rounded = (values: Float32Array): number[] =>
  Array.from(values, (value) => Math.round(value * 255));

test('divides bytes by 255, to the nearest float32', () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  const target = new Float32Array(256);
  const grey = defaultPreprocessing({ channels: 1, endsInSoftmax: false });
  batchFiller(grey, { height: 16, width: 16, channels: 1 }, 'NCHW')(target, all, 1);
  expect([...target]).toEqual(Array.from(all, (byte) => Math.fround(byte / 255)));
});

test('keeps the order for a model with channels last', () => {
  expect(rounded(filled({}, 'NHWC'))).toEqual([...bytes]);
});

test('brings each image’s channels to the front for a model with channels first', () => {
  expect(rounded(filled({}, 'NCHW'))).toEqual([0, 153, 51, 204, 102, 255, 255, 0, 0, 0, 0, 255]);
});

test('gives a BGR model its channels the other way round, in both layouts', () => {
  const bgr = { channelOrder: 'BGR' } as const;
  expect(rounded(filled(bgr, 'NHWC'))).toEqual([102, 51, 0, 255, 204, 153, 0, 0, 255, 255, 0, 0]);
  expect(rounded(filled(bgr, 'NCHW'))).toEqual([102, 255, 51, 204, 0, 153, 0, 255, 0, 0, 255, 0]);
});

test('takes mean and deviation of the channel as the model counts them', () => {
  const preprocessing = {
    scale: 1,
    mean: [10, 20, 30],
    std: [1, 2, 4],
    channelOrder: 'BGR',
  } as const;
  // The first pixel is red 0, green 51, blue 102: the model's channel 0 is blue.
  const expected = [(102 - 10) / 1, (51 - 20) / 2, (0 - 30) / 4];
  expect([...filled(preprocessing, 'NHWC').subarray(0, 3)]).toEqual(expected);
  const planes = filled(preprocessing, 'NCHW');
  expect([planes[0], planes[2], planes[4]]).toEqual(expected);
});

test('rounds to float32 once, after scale, mean and deviation', () => {
  const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
  const values = filled(imagenet, 'NHWC');
  const { mean, std } = imagenet;
  bytes.forEach((byte, i) => {
    const channel = i % 3;
    const exact = (byte * (1 / 255) - (mean[channel] as number)) / (std[channel] as number);
    expect(values[i]).toBe(Math.fround(exact));
  });
});

test('leaves what lies behind the images as it is', () => {
  const target = new Float32Array(12).fill(9);
  batchFiller(own, shape, 'NCHW')(target, bytes, 1);
  expect([...target.subarray(6)]).toEqual([9, 9, 9, 9, 9, 9]);
});
