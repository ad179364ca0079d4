import { fillBatch } from '../../../src/inference/onnx/image-batch';

const shape = { height: 1, width: 2, channels: 3 };
const bytes = Uint8Array.of(0, 51, 102, 153, 204, 255, 255, 0, 0, 0, 0, 255);

test('divides bytes by 255, to the nearest float32', () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  const target = new Float32Array(256);
  fillBatch(target, all, 1, { height: 16, width: 16, channels: 1 }, 'NCHW');
  expect([...target]).toEqual(Array.from(all, (byte) => Math.fround(byte / 255)));
});

test('keeps the order for a model with channels last', () => {
  const target = new Float32Array(12);
  fillBatch(target, bytes, 2, shape, 'NHWC');
  expect(Array.from(target, (value) => Math.round(value * 255))).toEqual([...bytes]);
});

test('brings each image’s channels to the front for a model with channels first', () => {
  const target = new Float32Array(12);
  fillBatch(target, bytes, 2, shape, 'NCHW');
  expect(Array.from(target, (value) => Math.round(value * 255))).toEqual([
    0, 153, 51, 204, 102, 255, 255, 0, 0, 0, 0, 255,
  ]);
});

test('leaves what lies behind the images as it is', () => {
  const target = new Float32Array(12).fill(9);
  fillBatch(target, bytes, 1, shape, 'NCHW');
  expect([...target.subarray(6)]).toEqual([9, 9, 9, 9, 9, 9]);
});
