import { createHash } from 'node:crypto';
import { datasetDigest, type SplitContent, splitDigest } from '../../../src/datasets/digest';

const content: SplitContent = {
  name: 'test',
  imageShape: { height: 1, width: 2, channels: 1 },
  classNames: ['cat', 'dog'],
  sampleCount: 2,
  images: Uint8Array.of(1, 2, 3, 4),
  labels: Uint16Array.of(1, 0x0102),
};

test('the digest of a split is SHA-256 over the documented bytes', async () => {
  const bytes = Buffer.concat([
    Buffer.from(
      'assay-split-v1\n{"split":"test","imageShape":{"height":1,"width":2,"channels":1},' +
        '"classNames":["cat","dog"],"sampleCount":2}\n',
    ),
    Buffer.from([1, 2, 3, 4, 1, 0, 2, 1]),
  ]);
  expect(await splitDigest(content)).toBe(createHash('sha256').update(bytes).digest('hex'));
});

test('the digest of a split changes with everything that a result depends on', async () => {
  const changed: Partial<SplitContent>[] = [
    {},
    { name: 'train' },
    { imageShape: { height: 2, width: 1, channels: 1 } },
    { classNames: ['dog', 'cat'] },
    { images: Uint8Array.of(1, 2, 3, 5) },
    { labels: Uint16Array.of(0, 0x0102) },
    { labels: Uint16Array.of(1, 0x0201) },
  ];
  const digests = await Promise.all(changed.map((part) => splitDigest({ ...content, ...part })));
  expect(new Set(digests).size).toBe(changed.length);
});

test('the digest of a dataset is that of its lines and does not depend on their order', () => {
  const test = { name: 'test', digest: 'aa' };
  const train = { name: 'train', digest: 'bb' };
  const expected = createHash('sha256').update('aa  test\nbb  train\n').digest('hex');
  expect(datasetDigest([test, train])).toBe(expected);
  expect(datasetDigest([train, test])).toBe(expected);
  expect(datasetDigest([test])).not.toBe(expected);
});
