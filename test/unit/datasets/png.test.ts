/** Images are PNG files that another reader gets the same pixels from. */
import { encodePng } from '../../../src/datasets/images/png';
import { readPng } from '../../support/read-png';

it.each([
  [{ height: 28, width: 28, channels: 1 }, 0],
  [{ height: 3, width: 5, channels: 3 }, 2],
  [{ height: 1, width: 1, channels: 1 }, 0],
  [{ height: 200, width: 301, channels: 3 }, 2],
])('%j comes back pixel by pixel', async (shape, colourType) => {
  const { height, width, channels } = shape;
  const pixels = Uint8Array.from(
    { length: height * width * channels },
    (_, i) => (i * 2_654_435_761) >>> 24,
  );
  const png = await encodePng(pixels, shape);
  expect(readPng(png)).toEqual({ width, height, colourType, pixels });
});

it('writes small files for small pictures', async () => {
  const png = await encodePng(new Uint8Array(784), { height: 28, width: 28, channels: 1 });
  expect(png.length).toBeLessThan(100);
});

it.each([2, 4])('refuses %i channels', async (channels) => {
  const pixels = new Uint8Array(4 * channels);
  await expect(encodePng(pixels, { height: 2, width: 2, channels })).rejects.toMatchObject({
    code: 'IMAGE_UNSUPPORTED',
  });
});
