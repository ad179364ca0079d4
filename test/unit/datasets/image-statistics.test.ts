import { imageStatistics } from '../../../src/datasets/images/image-statistics';

const GREY = { height: 3, width: 3, channels: 1 };

test('brightness and contrast are mean and standard deviation, white is 1', () => {
  const images = Uint8Array.from([...new Uint8Array(9).fill(255), 0, 0, 0, 0, 90, 0, 0, 0, 0]);
  const { brightness, contrast } = imageStatistics(images, GREY);
  expect([...brightness]).toEqual([1, 10 / 255]);
  // √(8·10² + 80²) / 3 of 255
  expect(contrast[0]).toBe(0);
  expect(contrast[1]).toBeCloseTo(Math.sqrt(7200 / 9) / 255, 12);
});

test('ink is what differs from the border by more than 32, on dark and on bright paper', () => {
  const dark = [10, 10, 10, 200, 42, 43, 10, 10, 10];
  const bright = dark.map((value) => 255 - value);
  expect([...imageStatistics(Uint8Array.from([...dark, ...bright]), GREY).ink]).toEqual([
    2 / 9,
    2 / 9,
  ]);
});

test('of colours the mean of the channels counts', () => {
  const shape = { height: 1, width: 2, channels: 3 };
  const { brightness, contrast, ink } = imageStatistics(Uint8Array.of(0, 0, 0, 30, 60, 90), shape);
  expect(brightness[0]).toBeCloseTo(30 / 255, 12);
  expect(contrast[0]).toBeCloseTo(30 / 255, 12);
  expect(ink[0]).toBe(0.5);
});

test('no images have no statistics, and the arrays are shared among threads', () => {
  const { ink } = imageStatistics(new Uint8Array(0), GREY);
  expect(ink).toHaveLength(0);
  expect(ink.buffer).toBeInstanceOf(SharedArrayBuffer);
});
