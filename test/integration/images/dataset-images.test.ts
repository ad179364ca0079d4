/** Samples of a dataset over GraphQL, and each one's image over HTTP. */
import { createSampleSet } from '../../../src/datasets/sample-shapes/sample-shapes.source';
import { readPng } from '../../support/read-png';
import { startTestService, type TestService } from '../../support/test-service';
import { bearer, startGuarded } from '../auth/guarded-service';

interface Sample {
  index: number;
  classIndex: number;
  className: string;
  imageUrl: string;
}

let service: TestService;
let datasetId: string;
let digest: string;

beforeAll(async () => {
  service = await startTestService();
  ({ id: datasetId, digest } = await service.app.services.datasets.register('sample-shapes'));
});
afterAll(() => service.end());

const query = (args: string) =>
  `query ($id: ID!) { dataset(id: $id) { samples${args} { index classIndex className imageUrl } } }`;

async function samples(args = ''): Promise<Sample[]> {
  const dataset = await service.client.field('dataset', query(args), { id: datasetId });
  return (dataset as { samples: Sample[] }).samples;
}

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${service.app.url}${path}`, { headers });

describe('Dataset.samples', () => {
  it('gives the first 20 of the test split with their labels', async () => {
    const { labels } = await createSampleSet().loadSplit('test');
    const found = await samples();
    expect(found.map(({ index }) => index)).toEqual([...Array(20).keys()]);
    expect(found.map(({ classIndex }) => classIndex)).toEqual([...labels.subarray(0, 20)]);
    expect(found[3]?.imageUrl).toBe(`/datasets/${digest}/test/images/3.png`);
  });

  it('is narrowed by class, and read page by page to its end', async () => {
    const { labels } = await createSampleSet().loadSplit('train');
    const expected = [...labels.keys()].filter((i) => labels[i] === 7);
    const found: Sample[] = [];
    for (let offset = 0; offset < 700; offset += 100) {
      found.push(
        ...(await samples(`(split: "train", classIndex: 7, first: 100, offset: ${offset})`)),
      );
    }
    expect(found.map(({ index }) => index)).toEqual(expected);
    expect(new Set(found.map(({ classIndex }) => classIndex))).toEqual(new Set([7]));
    expect(new Set(found.map(({ className }) => className)).size).toBe(1);
  });

  it.each([
    ['(split: "validation")', 'DATASET_SPLIT_UNKNOWN'],
    ['(classIndex: 10)', 'CLASS_INDEX_OUT_OF_RANGE'],
    ['(classIndex: -1)', 'BAD_USER_INPUT'],
    ['(first: 101)', 'BAD_USER_INPUT'],
    ['(offset: -1)', 'BAD_USER_INPUT'],
    ['(split: "te\\u0000st")', 'BAD_USER_INPUT'],
  ])('refuses %s', async (args, code) => {
    expect(await service.client.codes(query(args), { id: datasetId })).toEqual([code]);
  });
});

describe('GET /datasets/DIGEST/SPLIT/images/INDEX.png', () => {
  it("answers with the sample's own pixels, which a browser may keep", async () => {
    const { images } = await createSampleSet().loadSplit('test');
    for (const { index, imageUrl } of [
      ...(await samples('(first: 3)')),
      ...(await samples('(offset: 1999)')),
    ]) {
      const response = await get(imageUrl);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('image/png');
      expect(response.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      const png = readPng(new Uint8Array(await response.arrayBuffer()));
      expect(png).toMatchObject({ width: 28, height: 28, colourType: 0 });
      expect([...png.pixels]).toEqual([...images.subarray(index * 784, (index + 1) * 784)]);
    }
  });

  it('sends nothing again to who has it, and everything to who has another', async () => {
    const path = `/datasets/${digest}/test/images/5.png`;
    const tag = (await get(path)).headers.get('etag') ?? '';
    const other = (await get(path.replace('5.png', '6.png'))).headers.get('etag');
    expect(tag).toMatch(/^"[0-9a-f]{64}-5"$/);
    expect(other).not.toBe(tag);
    for (const known of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
      const response = await get(path, { 'if-none-match': known });
      expect([response.status, await response.text()]).toEqual([304, '']);
      expect(response.headers.get('etag')).toBe(tag);
    }
    expect((await get(path, { 'if-none-match': String(other) })).status).toBe(200);
  });

  it.each([
    ['test/images/2000.png', 'IMAGE_NOT_FOUND'],
    ['test/images/999999999.png', 'IMAGE_NOT_FOUND'],
    ['test/images/-1.png', 'IMAGE_NOT_FOUND'],
    ['test/images/1.5.png', 'IMAGE_NOT_FOUND'],
    ['test/images/0x1.png', 'IMAGE_NOT_FOUND'],
    ['test/images/1.jpg', 'IMAGE_NOT_FOUND'],
    ['test/images/%31.png%00', 'IMAGE_NOT_FOUND'],
    ['te%00st/images/1.png', 'IMAGE_NOT_FOUND'],
    ['nowhere/images/1.png', 'DATASET_SPLIT_UNKNOWN'],
    ['..%2f..%2fetc/images/1.png', 'DATASET_SPLIT_UNKNOWN'],
    ['__proto__/images/1.png', 'DATASET_SPLIT_UNKNOWN'],
  ])('answers %s with 404 and a code, and asks nobody to keep that', async (path, code) => {
    const response = await get(`/datasets/${digest}/${path}`);
    expect(response.status).toBe(404);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
    expect(errors[0]?.extensions.code).toBe(code);
  });

  it.each([
    ['0'.repeat(64), 'DATASET_NOT_FOUND'],
    ['F'.repeat(64), 'IMAGE_NOT_FOUND'],
    ['1', 'IMAGE_NOT_FOUND'],
  ])('knows no dataset %s', async (wrong, code) => {
    const response = await get(`/datasets/${wrong}/test/images/1.png`);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain(code);
  });

  it('is for callers who may read', async () => {
    const guarded = await startGuarded('0.0.0.0');
    try {
      await guarded.app.services.datasets.register('sample-shapes');
      const url = `${guarded.url}/datasets/${digest}/test/images/1.png`;
      const statusFor = async (headers: Record<string, string> = {}) =>
        (await fetch(url, { headers })).status;
      expect(await statusFor()).toBe(401);
      expect(await statusFor(bearer(guarded.tokens.worker))).toBe(403);
      expect(await statusFor(bearer(guarded.tokens.viewer))).toBe(200);
      expect(await statusFor(bearer(guarded.tokens.admin))).toBe(200);
    } finally {
      await guarded.end();
    }
  });
});
