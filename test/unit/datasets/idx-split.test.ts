import { gzipSync } from 'node:zlib';
import { readIdxSplit } from '../../../src/datasets/idx/idx-split';
import { counting, idxFile } from './idx-file';

const imageShape = { height: 2, width: 3, channels: 1 };

function split(labels: number[], imageDimensions = [4, 2, 3]) {
  const size = imageDimensions.reduce((product, length) => product * length, 1);
  return readIdxSplit({
    images: { name: 'some-images', bytes: gzipSync(idxFile(imageDimensions, counting(size))) },
    labels: { name: 'some-labels', bytes: idxFile([labels.length], Uint8Array.from(labels)) },
    imageShape,
    classCount: 3,
  });
}

test('images and labels of one split are joined, both in shared memory', async () => {
  const { images, labels } = await split([2, 0, 1, 2]);
  expect([...images]).toEqual([...counting(24)]);
  expect(labels).toBeInstanceOf(Uint16Array);
  expect([...labels]).toEqual([2, 0, 1, 2]);
  expect(images.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(labels.buffer).toBeInstanceOf(SharedArrayBuffer);
});

test('counts that disagree are refused, both files named', async () => {
  await expect(split([2, 0, 1])).rejects.toMatchObject({
    kind: 'user',
    code: 'DATASET_COUNT_MISMATCH',
    message: expect.stringMatching(
      /some-images holds 4 images.*some-labels holds 3 labels/,
    ) as string,
  });
});

test('images of another shape are refused', async () => {
  await expect(split([2, 0, 1, 2], [4, 3, 2])).rejects.toMatchObject({
    code: 'DATASET_IDX_DIMENSIONS',
    message: expect.stringContaining('3×2×1 instead of 2×3×1') as string,
  });
});

test('a label that is no class is refused, with its place', async () => {
  await expect(split([2, 0, 3, 2])).rejects.toMatchObject({
    code: 'DATASET_LABEL_OUT_OF_RANGE',
    message: expect.stringContaining('some-labels gives sample 2 the label 3') as string,
  });
});
